import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type HomeTopology, homeOf, type ResolvedTopology, refuseHomes } from '../../regions';
import { type AwsCloud, createAwsCloud } from '../aws';
import { AWS_ENTRIES, createOutside, type DrillContext, drillSettings, type OutsideClient } from '../drill';
import { labConnection } from '../lab';
import type { CommandContext, CommonOptions } from './context';
import { drillJobs } from './drill-jobs';
import { readTopologyFile } from './topology-file';

/** Which home of an active-active application a command is about. */
export interface HomeOption {
  /** @default - the application has no homes */
  readonly home?: string;
}

/** Where a drill runs: the lab of this project, or the topology's account. */
export type DrillTarget = 'lab' | 'aws';

/** A drill's view of the outside, with what must be closed after it. */
export interface OpenDrill {
  readonly context: DrillContext;
  close(): void;
}

/**
 * Connects a drill. The lab and an account differ in endpoint, credentials, DNS server, ports and time scale alone.
 *
 * @throws HoldfastError `not-found` when the target is the lab and none runs
 */
export function openDrill(context: CommandContext, topology: HomeTopology, target: DrillTarget): OpenDrill {
  const { clock, output, signal, projectRoot, environment } = context;
  const lab = target === 'lab' ? labConnection(projectRoot, topology.home) : undefined;
  const cloud: AwsCloud = createAwsCloud({
    clock,
    application: topology.application,
    home: topology.home,
    ...(lab === undefined ? {} : { endpoint: lab.endpoint, credentials: lab.credentials }),
  });
  const outside: OutsideClient = createOutside({
    clock,
    ...(lab === undefined ? {} : { dnsServers: [lab.dnsServer] }),
  });
  return {
    context: {
      ...{ cloud, outside, clock, output, signal, target },
      random: () => randomBytes(4).readUInt32BE() / 2 ** 32,
      settings: drillSettings(topology),
      entries: lab === undefined ? AWS_ENTRIES : lab.entries,
      timeScale: lab?.timeScale ?? 1,
      directory: path.join(projectRoot, 'out', 'drills'),
      jobs: drillJobs(context, topology, target),
      operator: environment.USER ?? environment.LOGNAME ?? 'unknown',
      holder: `${process.pid}-${randomBytes(6).toString('hex')}`,
    },
    close: () => {
      cloud.close();
      outside.close();
    },
  };
}

/** Opens a drill for one command and closes it after. */
export async function withDrill<T>(
  context: CommandContext,
  topology: HomeTopology,
  target: DrillTarget,
  act: (open: DrillContext) => Promise<T>,
): Promise<T> {
  const open = openDrill(context, topology, target);
  try {
    return await act(open.context);
  } finally {
    open.close();
  }
}

/**
 * The topology that a command names, for commands that know no homes.
 * @throws HoldfastError `refused` for an active-active one
 */
export async function topologyOf(context: CommandContext, options: CommonOptions): Promise<ResolvedTopology> {
  const topology = await anyTopologyOf(context, options);
  refuseHomes(topology, 'this command');
  return topology;
}

/**
 * The topology that a command names, as the home sees it that it names.
 * @throws HoldfastError `invalid-input` that lists the homes, when it has some and none of them is named
 */
export const homeTopologyOf = async (
  context: CommandContext,
  options: CommonOptions & HomeOption,
): Promise<HomeTopology> => homeOf(await anyTopologyOf(context, options), options.home);

/** The topology that a command names, of whichever mode. */
export const anyTopologyOf = (
  { projectRoot, environment }: CommandContext,
  { topology }: CommonOptions,
): Promise<ResolvedTopology> => readTopologyFile(projectRoot, topology, environment.CDK_DEFAULT_ACCOUNT);
