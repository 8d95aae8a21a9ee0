import type { Clock } from '../clock';
import type { LimitDecision, PolicyState, RatePolicy } from './rate-policy';

/** Rate limits in this process alone. */
export interface LocalLimitsOptions {
  readonly clock: Clock;
  readonly policies: readonly RatePolicy[];
  /** Part of each limit that this process gives out, above 0 and at most 1; at least one request a window is left. */
  readonly share: number;
  /** Clients that are remembered; the one that was quiet for longest is forgotten first. @default 10000 */
  readonly maximumClients?: number;
}

/** One policy of one client, in milliseconds: when its bucket is full again, or the window and what was used. */
interface Held {
  until: number;
  used: number;
}

/** The same arithmetic as the shared script, on this process's clocks. */
export class LocalLimits {
  private readonly clients = new Map<string, Held[]>();
  private readonly policies: readonly RatePolicy[];

  constructor(private readonly options: LocalLimitsOptions) {
    const part = (limit: number) => Math.max(1, Math.floor(limit * options.share));
    this.policies = options.policies.map(policy => ({ ...policy, limit: part(policy.limit) }));
  }

  /** Charges one request, or says why not. */
  take(client: string): LimitDecision {
    const held = this.remember(client);
    const waits = this.policies.map((policy, index) => this.wait(policy, held[index] as Held));
    const allowed = waits.every(wait => wait === 0);
    const states = this.policies.map((policy, index): PolicyState => {
      const state = held[index] as Held;
      const now = this.now(policy);
      if (allowed) charge(policy, state);
      const window = policy.windowSeconds * 1000;
      const reset = Math.max(0, state.until - now);
      const remaining =
        policy.kind === 'rate'
          ? Math.floor(((window - reset) * policy.limit) / window + 1e-6)
          : policy.limit - state.used;
      return {
        policy,
        remaining: Math.max(0, remaining),
        resetMilliseconds: reset,
        waitMilliseconds: waits[index] ?? 0,
      };
    });
    return { allowed, states, source: 'local' };
  }

  private wait(policy: RatePolicy, state: Held): number {
    const now = this.now(policy);
    const window = policy.windowSeconds * 1000;
    if (policy.kind === 'rate') {
      state.until = Math.min(Math.max(state.until, now), now + window);
      return Math.max(0, Math.ceil(state.until + window / policy.limit - now - window - 1e-6));
    }
    const end = (Math.floor(now / window) + 1) * window;
    if (state.until < end) state.used = 0;
    state.until = end;
    return state.used < policy.limit ? 0 : end - now;
  }

  /** A rate is measured on the clock that never jumps; a quota belongs to the calendar. */
  private now(policy: RatePolicy): number {
    const { clock } = this.options;
    return policy.kind === 'rate' ? clock.monotonic() : clock.now().getTime();
  }

  private remember(client: string): Held[] {
    const held = this.clients.get(client) ?? this.policies.map(() => ({ until: 0, used: 0 }));
    this.clients.delete(client);
    this.clients.set(client, held);
    if (this.clients.size > (this.options.maximumClients ?? 10_000)) {
      const [oldest = client] = this.clients.keys();
      this.clients.delete(oldest);
    }
    return held;
  }
}

function charge(policy: RatePolicy, state: Held): void {
  if (policy.kind === 'rate') state.until += (policy.windowSeconds * 1000) / policy.limit;
  else state.used += 1;
}
