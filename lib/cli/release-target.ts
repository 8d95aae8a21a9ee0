import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ResolvedTopology } from '../../regions';
import { hostOf } from '../../regions';
import { createReleaseCloud, type ReleaseCloud } from '../aws';
import { AWS_ENTRIES, createOutside } from '../drill';
import { LAB_PERIOD_SECONDS, labConnection } from '../lab';
import { artifactBucketName, regionHost, releaseNames } from '../naming';
import { AWS_PERIOD_SECONDS, type ReleaseContext } from '../release';
import type { CommandContext } from './context';
import type { DrillTarget } from './drill-target';

/** Milliseconds that a probe waits for its answer. */
const PROBE_TIMEOUT = 3000;

/** A release's view of the outside. */
export interface OpenRelease {
  readonly cloud: ReleaseCloud;
  readonly context: ReleaseContext;
}

/**
 * Connects a release to the lab or to an account, for one command, and closes it after. Both differ in endpoint, credentials,
 * DNS server, time scale and the period of metrics.
 *
 * @throws HoldfastError `not-found` when the target is the lab and none runs
 */
export async function withRelease<T>(
  command: CommandContext,
  topology: ResolvedTopology,
  target: DrillTarget,
  act: (open: OpenRelease) => Promise<T>,
): Promise<T> {
  const { clock, environment, projectRoot } = command;
  const { application, account } = topology;
  const lab = target === 'lab' ? labConnection(projectRoot) : undefined;
  const outside = createOutside({ clock, ...(lab === undefined ? {} : { dnsServers: [lab.dnsServer] }) });
  const { service } = lab?.entries ?? AWS_ENTRIES;
  const regions = topology.regions.map(({ name }) => name);
  const cloud = createReleaseCloud({
    ...{ clock, regions, names: releaseNames(application) },
    bucket: region => artifactBucketName(application, account, region),
    send: region => {
      const host = regionHost(region, hostOf(topology));
      return outside.request({ ...service, host, path: '/readyz', timeoutMilliseconds: PROBE_TIMEOUT });
    },
    // The lab's emulator knows no percentiles; its balancer publishes the one that is wanted.
    ...(lab && { endpoint: lab.endpoint, credentials: lab.credentials, latencyStatistic: 'Maximum' }),
  });
  const context: ReleaseContext = {
    ...{ store: cloud.store, target: cloud.target, clock, regions },
    timeScale: lab?.timeScale ?? 1,
    periodSeconds: lab === undefined ? AWS_PERIOD_SECONDS : LAB_PERIOD_SECONDS,
    isLab: lab !== undefined,
    holder: `${process.pid}-${randomBytes(6).toString('hex')}`,
    by: environment.USER ?? environment.LOGNAME ?? 'unknown',
  };
  try {
    return await act({ cloud, context });
  } finally {
    cloud.close();
    outside.close();
  }
}

/** The packed application that is released unless another one is named. */
export const builtArtifact = ({ installRoot }: CommandContext): string =>
  path.join(installRoot, 'dist', 'artifacts', 'app.tgz');

/** Reads a packed application. */
export const readArtifact = (file: string): Buffer => readFileSync(file);
