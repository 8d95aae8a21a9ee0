import type { RegisterRecord } from '../register/register';

/** A drill lock as it stands in the register's table. */
export interface InterlockLock {
  readonly drillId: string;
  readonly holder: string;
  /** When its holder renewed it last by its own wall clock, in milliseconds of the epoch; `NaN` when unreadable. */
  readonly renewedAt: number;
  /** Seconds for which it binds after that. */
  readonly leaseSeconds: number;
}

/** Leave to deploy all the same, given by a person. */
export interface BreakGlass {
  /** Who gave it. */
  readonly by: string;
  readonly reason: string;
  /** When it ends, in milliseconds of the epoch. */
  readonly until: number;
}

/** What a Region knows of moves under way, each part `undefined` where there is none. */
export interface InterlockFacts {
  /** The register's record, and those of homes: whatever this Region's table holds. */
  readonly records: readonly RegisterRecord[];
  readonly lock?: InterlockLock;
  readonly breakGlass?: BreakGlass;
  /** Why lock or records could not be read: then it is not known that nothing is under way. */
  readonly unread?: string;
}

/** Whether a deploy may start. */
export type InterlockVerdict =
  | { readonly kind: 'free' }
  | { readonly kind: 'broken-glass'; readonly refusal: string; readonly breakGlass: BreakGlass }
  | {
      readonly kind: 'refused';
      /** Why, until when, and what ends it: one sentence each. */
      readonly refusal: string;
      /** When it ends by itself, in milliseconds of the epoch; `undefined` while it takes an operator. */
      readonly until?: number;
      /** Refused since it is not known what is under way. */
      readonly unread?: true;
    };

/** The longest leave that is heeded, in milliseconds from now: a forgotten one ends by itself. */
export const LONGEST_BREAK_GLASS = 4 * 60 * 60 * 1000;

/**
 * Judges at `now`, in milliseconds of the epoch. A lock binds for two of its leases after it was renewed: one by its
 * own terms, one for clocks that disagree. A move that stands still (a phase that is not `active`) binds until it is
 * resumed or aborted, since a deploy into half a failover is what nobody can undo. What could not be read binds too. Leave
 * lets all of it through.
 */
export function judgeInterlock(facts: InterlockFacts, now: number): InterlockVerdict {
  const refusal = unreadRefusal(facts) ?? lockRefusal(facts.lock, now) ?? moveRefusal(facts.records);
  if (refusal === undefined) return { kind: 'free' };
  const glass = facts.breakGlass;
  if (glass !== undefined && glass.until > now && glass.until <= now + LONGEST_BREAK_GLASS) {
    return { kind: 'broken-glass', refusal: refusal.refusal, breakGlass: glass };
  }
  return { kind: 'refused', ...refusal };
}

type Refusal = Omit<Extract<InterlockVerdict, { kind: 'refused' }>, 'kind'>;

function unreadRefusal({ unread }: InterlockFacts): Refusal | undefined {
  if (unread === undefined) return undefined;
  const refusal = `whether a drill is under way cannot be read in this Region: ${unread}`;
  return { refusal, unread: true };
}

function lockRefusal(lock: InterlockLock | undefined, now: number): Refusal | undefined {
  if (lock === undefined) return undefined;
  const who = `drill ${lock.drillId} of ${lock.holder} is under way`;
  // Unreadable is no permission: such a lock binds until somebody has looked at it.
  if (!Number.isFinite(lock.renewedAt) || !(lock.leaseSeconds > 0)) {
    return { refusal: `${who}, and its lock does not say until when. Run: holdfast drill resume` };
  }
  const until = lock.renewedAt + 2 * lock.leaseSeconds * 1000;
  if (until <= now) return undefined;
  const time = new Date(until).toISOString();
  return { refusal: `${who}. It binds until ${time}, and longer while it is renewed`, until };
}

function moveRefusal(records: readonly RegisterRecord[]): Refusal | undefined {
  const moving = records.find(record => record.phase !== 'active');
  if (moving === undefined) return undefined;
  const { epoch, phase, region } = moving;
  const fix = 'It binds until it is finished: holdfast drill resume, or holdfast drill abort';
  return { refusal: `a move to ${region} stands in phase ${phase} of epoch ${epoch}. ${fix}` };
}
