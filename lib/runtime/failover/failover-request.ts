import type { RegisterRecord } from '../register/register';

/**
 * Automatic mode as a pure decision: when a controller in the standby Region asks for a failover. It writes a request
 * beside the register and moves nothing: who fences must also promote, or the application has no writer at all
 * (decision 0021).
 */

/** Key of the request's item in the register's table. */
export const FAILOVER_REQUEST_KEY = 'failover-request';

/** A request for a failover, for whoever runs the plan. It holds for its epoch alone. */
export interface FailoverRequest {
  readonly from: string;
  readonly to: string;
  /** Epoch under which `from` was active: a register that has moved on has answered the request. */
  readonly epoch: number;
  /** Milliseconds of the wall clock. */
  readonly requestedAt: number;
  /** What was bad, and since when, for the person who is paged. */
  readonly because: string;
}

/** One of the two signals. */
export interface FailoverSignal {
  readonly name: string;
  readonly state: 'good' | 'bad' | 'unknown';
  /** Milliseconds of the wall clock at which the state began. */
  readonly since?: number;
}

/** What was seen; undefined is what could not be read. */
export interface FailoverObservation {
  /** Milliseconds of the wall clock. */
  readonly now: number;
  readonly register?: RegisterRecord & { readonly updatedAt?: number };
  /** Whether a drill holds its lock. */
  readonly drillRuns?: boolean;
  /** The last request; `none` when there never was one. */
  readonly lastRequest?: FailoverRequest | 'none';
  readonly signals: readonly FailoverSignal[];
  /** Whether this Region could serve once promoted. */
  readonly standbyReady?: boolean;
}

/** How the controller was set. Times in seconds. */
export interface FailoverPolicy {
  /** The controller's own Region, which would take over. */
  readonly region: string;
  readonly watchedRegion: string;
  /** How long both signals must have been bad, without a break. */
  readonly dampingSeconds: number;
  /** Pause after a move of the register, and after a request, before another request. */
  readonly coolDownSeconds: number;
}

/** What follows. `open`: a request is waiting for somebody. */
export type FailoverDecision =
  | { readonly kind: 'wait'; readonly reason: string; readonly open: boolean }
  | { readonly kind: 'request'; readonly request: FailoverRequest };

/**
 * Requests only when the register names the watched Region active, nobody else is moving it, **both** signals have
 * been bad for the damping time, this Region is ready, and the last move and request are long enough ago. Whatever
 * could not be read counts as a reason to wait: unknown never flips.
 */
export function decideFailover(seen: FailoverObservation, policy: FailoverPolicy): FailoverDecision {
  const open = requestIsOpen(seen, policy);
  const reason = reasonToWait(seen, policy);
  if (reason !== undefined) return { kind: 'wait', reason, open };
  return {
    kind: 'request',
    request: {
      from: policy.watchedRegion,
      to: policy.region,
      epoch: seen.register?.epoch ?? 0,
      requestedAt: seen.now,
      because: seen.signals
        .map(({ name, since }) => `${name} bad since ${new Date(since ?? 0).toISOString()}`)
        .join('; '),
    },
  };
}

function reasonToWait(seen: FailoverObservation, policy: FailoverPolicy): string | undefined {
  return (
    registerReason(seen, policy) ??
    drillReason(seen) ??
    signalReason(seen, policy.dampingSeconds * 1000) ??
    pauseReason(seen, policy.coolDownSeconds * 1000) ??
    (seen.standbyReady ? undefined : `${policy.region} is not ready`)
  );
}

function drillReason({ drillRuns }: FailoverObservation): string | undefined {
  if (drillRuns === undefined) return 'drill lock unreadable';
  return drillRuns ? 'a drill is running' : undefined;
}

function registerReason({ register }: FailoverObservation, policy: FailoverPolicy): string | undefined {
  if (register === undefined) return 'register unreadable';
  if (register.phase !== 'active') return `the register is being moved: ${register.phase}`;
  if (register.region === policy.watchedRegion) return undefined;
  return `${policy.watchedRegion} is not active, ${register.region} is`;
}

function signalReason({ signals, now }: FailoverObservation, damping: number): string | undefined {
  if (new Set(signals.map(({ name }) => name)).size < 2) return 'two independent signals are needed';
  const other = signals.find(({ state }) => state !== 'bad');
  if (other !== undefined) return `${other.name} is ${other.state}`;
  const young = signals.find(({ since }) => since === undefined || now - since < damping);
  return young && `${young.name} has not been bad for ${damping / 1000} s`;
}

function pauseReason({ register, lastRequest, now }: FailoverObservation, pause: number): string | undefined {
  if (lastRequest === undefined) return 'last request unreadable';
  if (register?.updatedAt === undefined) return 'time of the last move unknown';
  if (now - register.updatedAt < pause) return 'the register moved a short while ago';
  if (lastRequest === 'none' || now - lastRequest.requestedAt >= pause) return undefined;
  return 'a request was made a short while ago';
}

/** A request is open until the register moves on, or the pause after it has passed. */
function requestIsOpen({ register, lastRequest, now }: FailoverObservation, policy: FailoverPolicy): boolean {
  if (lastRequest === undefined || lastRequest === 'none') return false;
  if (lastRequest.from !== policy.watchedRegion || lastRequest.to !== policy.region) return false;
  if (register !== undefined && register.epoch !== lastRequest.epoch) return false;
  return now - lastRequest.requestedAt < policy.coolDownSeconds * 1000;
}
