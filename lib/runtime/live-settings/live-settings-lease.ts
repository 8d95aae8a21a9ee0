/**
 * Lease of a shift: who may move the weights of a Region now. A shift holds it while it moves them; a deploy takes it,
 * since it cannot be held up once CloudFormation has begun, and the shift pauses where it is until the deploy is over.
 * One item in the register's table, which already keeps leases and the drill lock (law 6), so that a person sees who
 * holds it from any Region.
 */

/** Partition key of a Region's lease. */
export const shiftLeaseKey = (region: string): string => `shift-lease#${region}`;

/** Who holds the lease. */
export interface ShiftHolder {
  /** Name of the shift, or id of the stack that is being deployed. */
  readonly name: string;
  readonly kind: 'shift' | 'deploy';
}

/** The lease as stored. A free one keeps its token, so that a token is never used twice. */
export interface ShiftLease {
  /** Raised by one whenever the holder changes; a shift that finds another than its own has lost the lease. */
  readonly token: number;
  readonly holder?: ShiftHolder;
  /** End in milliseconds since 1970, unless renewed. */
  readonly expiresAt: number;
}

/** Seconds of a lease. A deploy is renewed by each of its events and by the controller's own clock. */
export const LEASE_SECONDS = { shift: 60, deploy: 3_600 } as const;

/** Whether a claim is granted, and the lease that results or the holder that stands in its way. */
export type Claim =
  | { readonly granted: true; readonly lease: ShiftLease }
  | { readonly granted: false; readonly holder: ShiftHolder };

/** Claims the lease, or renews one's own. A deploy always gets it; a shift only a free, expired or own one. */
export function claimLease(current: ShiftLease | undefined, claimant: ShiftHolder, now: number): Claim {
  const expiresAt = now + LEASE_SECONDS[claimant.kind] * 1000;
  const holder = holderOf(current, now);
  if (holder !== undefined && isSame(holder, claimant)) {
    return { granted: true, lease: { token: current?.token ?? 1, holder: claimant, expiresAt } };
  }
  if (holder !== undefined && claimant.kind === 'shift') return { granted: false, holder };
  return { granted: true, lease: { token: (current?.token ?? 0) + 1, holder: claimant, expiresAt } };
}

/** The lease without its holder; `undefined` when somebody else holds it or nobody does. */
export function releaseLease(current: ShiftLease | undefined, holder: ShiftHolder): ShiftLease | undefined {
  if (current?.holder === undefined || !isSame(current.holder, holder)) return undefined;
  return { token: current.token, expiresAt: 0 };
}

/** Whether a shift that was granted `token` may move the weights now. */
export function mayShift(
  current: ShiftLease | undefined,
  shift: ShiftHolder,
  token: number,
  now: number,
): boolean {
  const holder = holderOf(current, now);
  return holder !== undefined && isSame(holder, shift) && current?.token === token;
}

/** Who holds the lease now. */
export function holderOf(lease: ShiftLease | undefined, now: number): ShiftHolder | undefined {
  return lease !== undefined && lease.expiresAt > now ? lease.holder : undefined;
}

/** What a status of a stack means for its live settings. */
export function deployState(stackStatus: string | undefined): 'running' | 'over' | 'gone' {
  if (stackStatus === undefined || /^DELETE_(IN_PROGRESS|COMPLETE)$/.test(stackStatus)) return 'gone';
  return stackStatus.endsWith('_IN_PROGRESS') && stackStatus !== 'REVIEW_IN_PROGRESS' ? 'running' : 'over';
}

const isSame = (one: ShiftHolder, other: ShiftHolder): boolean =>
  one.kind === other.kind && one.name === other.name;
