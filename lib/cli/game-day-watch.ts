import type { ResolvedTopology } from '../../regions';
import { type LedgerVerdict, type LoadSummary, verifyLedger } from '../drill';
import type { CommandContext } from './context';
import { loadFor, STEADY_SECONDS } from './drill-run';
import { openDrill } from './drill-target';

/** Longest pause between two acknowledged writes that counts as traffic that goes on, seconds. */
const LONGEST_PAUSE_SECONDS = 5;

/** What was seen of an application that had to carry a fault by itself. */
export interface Watched {
  readonly region: { readonly before: string; readonly after: string };
  readonly epoch: { readonly before: number; readonly after: number };
  readonly writes: Pick<
    LoadSummary,
    'acknowledged' | 'unacknowledged' | 'refusedSeconds' | 'failed' | 'total'
  >;
  readonly ledger: LedgerVerdict;
  /** What was not as it must be, in words; empty when the application carried the fault. */
  readonly missed: readonly string[];
}

/** A watch: what strikes and lifts while the load runs. */
export interface Watch {
  /** Writes a second, at least 1. */
  readonly rate: number;
  readonly strike: () => Promise<void>;
  readonly lift: () => Promise<void>;
}

/**
 * Strikes the lab under load, answers with nothing, lifts, and compares the ledger with the service: the name, the epoch
 * and the traffic must be as if nothing had happened.
 */
export async function watchInLab(
  context: CommandContext,
  topology: ResolvedTopology,
  { rate, strike, lift }: Watch,
): Promise<Watched> {
  const drill = openDrill(context, topology, 'lab');
  const { cloud, settings } = drill.context;
  const register = async () => {
    const seen = await cloud.readRegister(settings.regions[0] ?? '');
    return seen?.record ?? { region: 'nobody', epoch: 0 };
  };
  const load = loadFor(drill.context, rate);
  try {
    await context.clock.sleep(STEADY_SECONDS * 1000, context.signal);
    const before = await register();
    await strike();
    const after = await register();
    await lift();
    const summary = await load.stop();
    const ledger = await verifyLedger(drill.context, settings.host, load);
    const { acknowledged, unacknowledged, refusedSeconds, failed, total } = summary;
    const writes = { acknowledged, unacknowledged, refusedSeconds, failed, total };
    const seen = {
      region: { before: before.region, after: after.region },
      epoch: { before: before.epoch, after: after.epoch },
      ...{ writes, ledger },
    };
    return { ...seen, missed: judge(seen) };
  } finally {
    await load.stop(0);
    drill.close();
  }
}

/** Nothing, when writes did not come back. */
const secondsOf = (seconds: number | null): string =>
  seconds === null ? 'as long as was looked' : `${seconds.toFixed(1)} s`;

/** What was not as it must be. */
export function judge({ region, epoch, writes, ledger }: Omit<Watched, 'missed'>): string[] {
  const { refusedSeconds, unacknowledged, acknowledged } = writes;
  const checks: readonly (readonly [boolean, string])[] = [
    [
      region.before !== region.after || epoch.before !== epoch.after,
      `moved from ${region.before} to ${region.after}`,
    ],
    [acknowledged === 0, 'no write was acknowledged'],
    [
      refusedSeconds === null || refusedSeconds > LONGEST_PAUSE_SECONDS,
      `writes paused for ${secondsOf(refusedSeconds)}`,
    ],
    [unacknowledged > 0, `${unacknowledged} writes were never acknowledged`],
    [ledger.lost > 0, `${ledger.lost} acknowledged writes are lost`],
    [ledger.duplicateEffects > 0, `${ledger.duplicateEffects} duplicate effects`],
    [ledger.unfulfilled > 0, `${ledger.unfulfilled} orders are not fulfilled`],
    [!ledger.complete, 'the ledger could not be verified to its end: unknown is not clean'],
  ];
  return checks.flatMap(([wrong, text]) => (wrong ? [text] : []));
}

/** What was seen, as text: the verdict first. */
export function formatWatched(scenario: string, { writes, ledger, region, epoch, missed }: Watched): string {
  return [
    missed.length === 0
      ? `game day ${scenario}: carried; nothing moved`
      : `game day ${scenario}: NOT carried`,
    ...missed.map(text => `MISSED: ${text}`),
    '',
    `active                       ${region.after}, epoch ${epoch.after}`,
    `writes acknowledged          ${writes.acknowledged}`,
    `  of which lost              ${ledger.lost}`,
    `  duplicate effects          ${ledger.duplicateEffects}`,
    `  not fulfilled              ${ledger.unfulfilled}`,
    `never acknowledged           ${writes.unacknowledged}`,
    `longest pause in writes      ${secondsOf(writes.refusedSeconds)} (allowed ${LONGEST_PAUSE_SECONDS} s)`,
    `requests failed              ${writes.failed} of ${writes.total}, retries included`,
  ].join('\n');
}
