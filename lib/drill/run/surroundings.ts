import { gateHost, regionHost } from '../../naming';
import type { DrillLock, Quota, StackState } from '../../ports';
import type { ReleaseNotice } from '../../runtime/release/release-store';
import type { DrillContext } from './context';
import { firstAnswer } from './endpoints';
import { isRefused, isUnavailable, messageOf } from './failures';

/** A value that was read, or why it could not be. */
export type Read<T> = { readonly value: T } | { readonly unknown: string };

/** The same fact of the Region that is active and of the one that takes over. */
export interface Pair<T> {
  readonly active: Read<T>;
  readonly standby: Read<T>;
}

/** One certificate, as a client outside meets it. */
export interface CertificateFact {
  readonly host: string;
  /** Days until it ends; negative when it has ended. */
  readonly days: Read<number>;
  /** Why a client would not accept it. @default - it would */
  readonly invalid?: string;
}

/** What stands around a move: account, deployments, certificates and clocks. */
export interface Surroundings {
  readonly quotas: Pair<readonly Quota[]>;
  readonly dataKey: Read<string | undefined>;
  readonly bootstrap: Pair<number | undefined>;
  readonly stacks: Pair<readonly StackState[]>;
  /** Certificates of the service's name, and of service and gate of the Region that takes over. */
  readonly certificates: Read<readonly CertificateFact[]>;
  /** The drill lock when another process holds it. */
  readonly otherDrill: Read<DrillLock | undefined>;
  /** The release that is under way. */
  readonly release: Read<ReleaseNotice | undefined>;
  /** Seconds by which the Region's answers date themselves ahead of this machine. */
  readonly clockAhead: Read<number>;
}

const DAY_MILLISECONDS = 86_400_000;

/** Reads one fact; what cannot be read is kept as unknown. */
export async function read<T>(ask: () => Promise<T>): Promise<Read<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { unknown: messageOf(error) };
  }
}

/** Reads the surroundings of a move. `lost`: why nothing is asked of the control plane of the active Region. */
export async function readSurroundings(
  context: DrillContext,
  move: { readonly from: string; readonly to: string },
  lost?: string,
): Promise<Surroundings> {
  const { cloud } = context;
  const { from, to } = move;
  const pair = async <T>(ask: (region: string) => Promise<T>): Promise<Pair<T>> => {
    const [active, standby] = await Promise.all([
      lost === undefined ? read(() => ask(from)) : { unknown: lost },
      read(() => ask(to)),
    ]);
    return { active, standby };
  };
  const [quotas, dataKey, bootstrap, stacks, certificates, otherDrill, release] = await Promise.all([
    pair(region => cloud.quotas(region)),
    read(() => cloud.dataKeyState(to)),
    pair(region => cloud.bootstrapVersion(region)),
    pair(region => cloud.stacks(region)),
    readCertificates(context, to),
    read(() => lockOfAnother(context, to)),
    read(() => firstAnswer(endpointsOf(context, to), region => cloud.releaseUnderWay(region))),
  ]);
  const ahead = cloud.clockAheadSeconds(to);
  const clockAhead = ahead === undefined ? { unknown: `no answer of ${to} was dated` } : { value: ahead };
  return { quotas, dataKey, bootstrap, stacks, certificates, otherDrill, release, clockAhead };
}

/** The Region that takes over, then the others. */
const endpointsOf = ({ settings }: DrillContext, to: string): readonly string[] => [
  to,
  ...settings.regions.filter(region => region !== to),
];

async function lockOfAnother(context: DrillContext, to: string): Promise<DrillLock | undefined> {
  const { cloud, holder } = context;
  const lock = await firstAnswer(endpointsOf(context, to), region => cloud.readLock(region));
  return lock?.holder === holder ? undefined : lock;
}

async function readCertificates(
  context: DrillContext,
  to: string,
): Promise<Read<readonly CertificateFact[]>> {
  const { entries, settings } = context;
  const named = [
    { host: settings.host, ...entries.service },
    { host: regionHost(to, settings.host), ...entries.service },
    { host: gateHost(to, settings.host), ...entries.gate },
  ];
  if (named.some(({ scheme }) => scheme !== 'https')) {
    return { unknown: 'the names are served without TLS here, so that no certificate is presented' };
  }
  return { value: await Promise.all(named.map(({ host, port }) => certificate(context, host, port))) };
}

async function certificate(context: DrillContext, host: string, port: number): Promise<CertificateFact> {
  const { outside, clock } = context;
  try {
    const end = await outside.certificateEnd(host, port);
    return { host, days: { value: (end.getTime() - clock.now().getTime()) / DAY_MILLISECONDS } };
  } catch (error) {
    if (!isRefused(error) && !isUnavailable(error)) throw error;
    const reason = messageOf(error);
    return { host, days: { unknown: reason }, ...(isRefused(error) ? { invalid: reason } : {}) };
  }
}
