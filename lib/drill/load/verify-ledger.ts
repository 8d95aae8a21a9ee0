import type { DrillContext } from '../run/context';
import { pollMilliseconds } from '../run/runner';
import type { LedgerEntry } from './ledger';
import { parseJson, probe } from './probe';

/** What the service says about the numbers of a ledger. */
export interface LedgerVerdict {
  /** Writes that the ledger holds as acknowledged. */
  readonly acknowledged: number;
  /** Acknowledged orders that the service does not show. */
  readonly lost: number;
  /** Numbers with more than one order, and orders fulfilled more than once. */
  readonly duplicateEffects: number;
  /** Orders that were not fulfilled when the wait ended. */
  readonly unfulfilled: number;
  /**
   * Time from the first lost acknowledgement to the last acknowledgement of its epoch, or to the fence where that is
   * later, seconds; 0 when none is lost.
   */
  readonly rpoSeconds: number;
  /** Whether the service could be read to the end. */
  readonly complete: boolean;
}

/** Unscaled seconds to wait until every order is fulfilled. */
const FULFILMENT_WAIT_SECONDS = 300;
/** The wait is not cut shorter than this by the time scale. */
const MINIMUM_WAIT_SECONDS = 30;
const PAGE = 1000;

interface ListedOrder {
  readonly id: string;
  readonly number: number;
  readonly status: string;
  readonly fulfilments: number;
}

/** A ledger, and when its epoch was fenced. */
export interface WrittenLedger {
  readonly id: string;
  readonly entries: readonly LedgerEntry[];
  /** Wall-clock time at which the drill was sure of its fence, ISO 8601. @default - there was none */
  readonly fencedAt?: string;
  /**
   * Whether what is lost may be lost for good, as after a failover: then nobody waits for it to appear once two looks in a
   * row have seen the same.
   * @default false
   */
  readonly mayLose?: boolean;
}

/**
 * Compares the ledger with what the service shows, waiting until every order is fulfilled. Reads at `host`, from
 * outside, straight from the database.
 */
export async function verifyLedger(
  context: DrillContext,
  host: string,
  ledger: WrittenLedger,
): Promise<LedgerVerdict> {
  const { clock, timeScale } = context;
  const seconds = Math.max(FULFILMENT_WAIT_SECONDS / timeScale, MINIMUM_WAIT_SECONDS);
  const deadline = clock.monotonic() + seconds * 1000;
  let verdict: LedgerVerdict;
  let before: LedgerVerdict | undefined;
  do {
    const listed = await listOrders(context, host, ledger.id);
    verdict = judge(ledger, listed);
    const gone = ledger.mayLose === true && before?.complete === true && before.lost === verdict.lost;
    before = verdict;
    // Lost orders are not waited for beyond the bound either: a standby's reads may trail right after the move.
    if (verdict.complete && (verdict.lost === 0 || gone) && verdict.unfulfilled === 0) return verdict;
    await clock.sleep(pollMilliseconds(timeScale) * 2);
  } while (clock.monotonic() < deadline);
  return verdict;
}

/** The verdict on several ledgers together. */
export function sumVerdicts(verdicts: readonly LedgerVerdict[]): LedgerVerdict {
  const sum = (key: 'acknowledged' | 'lost' | 'duplicateEffects' | 'unfulfilled') =>
    verdicts.reduce((total, verdict) => total + verdict[key], 0);
  return {
    acknowledged: sum('acknowledged'),
    lost: sum('lost'),
    duplicateEffects: sum('duplicateEffects'),
    unfulfilled: sum('unfulfilled'),
    rpoSeconds: Math.max(...verdicts.map(verdict => verdict.rpoSeconds)),
    complete: verdicts.every(verdict => verdict.complete),
  };
}

function judge(ledger: WrittenLedger, listed: readonly ListedOrder[] | undefined): LedgerVerdict {
  const { entries } = ledger;
  const orders = listed ?? [];
  const shown = new Set(orders.map(order => order.id));
  const lost = listed === undefined ? [] : entries.filter(entry => !shown.has(entry.id));
  const perNumber = new Map<number, number>();
  for (const order of orders) perNumber.set(order.number, (perNumber.get(order.number) ?? 0) + 1);
  const twice = [...perNumber.values()].filter(count => count > 1).length;
  const overdone = orders.filter(order => order.fulfilments > 1).length;
  return {
    acknowledged: entries.length,
    lost: lost.length,
    duplicateEffects: twice + overdone,
    unfulfilled: orders.filter(order => order.fulfilments === 0).length,
    rpoSeconds: rpoSeconds(ledger, lost),
    complete: listed !== undefined,
  };
}

/** How far back the first lost write lies from the end of its epoch: all that it acknowledged since is in doubt. */
function rpoSeconds({ entries, fencedAt }: WrittenLedger, lost: readonly LedgerEntry[]): number {
  const [first] = [...lost].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (first === undefined) return 0;
  const ofEpoch = entries.filter(entry => entry.epoch === first.epoch).map(entry => entry.at);
  const ends = (fencedAt === undefined ? ofEpoch : [...ofEpoch, fencedAt]).map(at => Date.parse(at));
  return (ends.reduce((one, other) => Math.max(one, other)) - Date.parse(first.at)) / 1000;
}

/**
 * All orders of a ledger; nothing when the service does not answer. Pages overlap by one number, so that two orders
 * of one number are seen even when a page ends between them.
 */
async function listOrders(
  context: DrillContext,
  host: string,
  ledger: string,
): Promise<readonly ListedOrder[] | undefined> {
  const found = new Map<string, ListedOrder>();
  let after = -1;
  for (;;) {
    const answer = await probe(context, {
      ...context.entries.service,
      host,
      path: `/orders?ledger=${encodeURIComponent(ledger)}&after=${after}&limit=${PAGE}`,
      headers: { 'cache-control': 'no-cache' },
      timeoutMilliseconds: 10_000,
    });
    if (answer?.status !== 200) return undefined;
    const page = parseJson(answer.body) as
      | { orders?: readonly ListedOrder[]; next?: number | null }
      | undefined;
    if (page?.orders === undefined) return undefined;
    for (const order of page.orders) found.set(order.id, order);
    const last = page.orders.at(-1)?.number;
    if (last === undefined || page.next === null || page.next === undefined) return [...found.values()];
    after = last - 1 > after ? last - 1 : last;
  }
}
