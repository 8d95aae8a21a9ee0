/**
 * What clients of the application are to do, as numbers (law 5): computed from the same fields that the recovery budget
 * counts, so that what the infrastructure promises and what a client does cannot drift apart.
 */
import { type ResolvedRecovery, resolveRecovery } from './recovery';
import type { Topology } from './topology';

/** A client's numbers; a document that others read. Later versions only add. */
export interface ClientPolicy {
  readonly version: 1;
  /** How long a client may keep an answer of the DNS beyond its TTL. */
  readonly dnsCacheSeconds: number;
  /** Longest silence of one attempt. */
  readonly requestTimeoutMilliseconds: number;
  /** Longest time of a call with all its attempts and pauses. */
  readonly deadlineMilliseconds: number;
  readonly retry: {
    /** Most attempts of one call, the first counted. */
    readonly attempts: number;
    /** Upper bound of the first pause; it doubles, and the whole span is drawn (full jitter). */
    readonly baseMilliseconds: number;
    /** Upper bound of every pause, also of a client that reconnects again and again. */
    readonly capMilliseconds: number;
    /** Share of the successful calls that may be retries, and how many may come at once. */
    readonly budget: { readonly ratio: number; readonly reserve: number };
  };
  readonly hedge: {
    /** Silence after which a call that may run twice gets a second attempt, until a percentile is learned. */
    readonly delayMilliseconds: number;
    /** Share of the calls that may be hedges, and how many may come at once. */
    readonly budget: { readonly ratio: number; readonly reserve: number };
  };
}

/** Part of the time to reconnect that a hanging request may take; the longest pause has the rest. */
const TIMEOUT_SHARE = 0.25;
/** A hedge starts at this part of the timeout: late enough to be rare, early enough to be of use. */
const HEDGE_SHARE = 0.1;
/** First pause as a part of the timeout: 100 ms of 5 s. */
const BASE_SHARE = 0.02;

/**
 * The policy of a topology. One hanging request and the longest pause after it are together what the budget counts as
 * its line `reconnect` (`recovery.reconnectSeconds`): a client that fails at the worst moment is back within it.
 * `dnsCacheSeconds` is what the line `traffic` counts beyond the TTL.
 */
export function clientPolicy(topology: Pick<Topology, 'recovery'>): ClientPolicy {
  return policyOf(resolveRecovery(topology));
}

function policyOf({ reconnectSeconds, clientDnsCacheSeconds }: ResolvedRecovery): ClientPolicy {
  const reconnect = reconnectSeconds * 1000;
  const timeout = Math.round(reconnect * TIMEOUT_SHARE);
  return {
    version: 1,
    dnsCacheSeconds: clientDnsCacheSeconds,
    requestTimeoutMilliseconds: timeout,
    deadlineMilliseconds: reconnect,
    retry: {
      attempts: 3,
      baseMilliseconds: Math.max(1, Math.round(timeout * BASE_SHARE)),
      capMilliseconds: reconnect - timeout,
      budget: { ratio: 0.1, reserve: 3 },
    },
    hedge: {
      delayMilliseconds: Math.max(1, Math.round(timeout * HEDGE_SHARE)),
      budget: { ratio: 0.05, reserve: 3 },
    },
  };
}

/** The policy as `path=number` pairs: JSON's quotes do not survive the environment file of a clone. */
export function clientPolicyPairs(policy: ClientPolicy): string {
  return pairsOf(policy, '').join(',');
}

function pairsOf(values: object, prefix: string): readonly string[] {
  return Object.entries(values).flatMap(([key, value]: [string, number | object]) =>
    typeof value === 'number' ? [`${prefix}${key}=${value}`] : pairsOf(value, `${prefix}${key}.`),
  );
}

/** The policy as a TypeScript module, for clients that are built elsewhere. */
export function clientPolicyModule(policy: ClientPolicy, application: string): string {
  return [
    `/** How clients of "${application}" are to call it. Written by \`holdfast client-policy\`; do not edit. */`,
    `export const clientPolicy = ${JSON.stringify(policy, undefined, 2)} as const;`,
    '',
  ].join('\n');
}
