import { HoldfastError } from '../errors';
import type { Clock } from '../ports';

/** One of the five Regional endpoints of a cluster of Application Recovery Controller. */
export interface ControlEndpoint {
  /** Region of the endpoint. */
  readonly region: string;
  /** Address, `https://` to `/v1`. */
  readonly url: string;
}

/** State of each routing control by its ARN. */
export type ControlStates = Readonly<Record<string, 'On' | 'Off'>>;

/** The data plane of a cluster, one endpoint at a time and one attempt a call. */
export interface ControlCluster {
  update(endpoint: ControlEndpoint, states: ControlStates, signal: AbortSignal): Promise<void>;
  read(endpoint: ControlEndpoint, controls: readonly string[], signal: AbortSignal): Promise<ControlStates>;
}

/** What turning takes. */
export interface TurnControlsOptions {
  readonly cluster: ControlCluster;
  readonly endpoints: readonly ControlEndpoint[];
  readonly states: ControlStates;
  readonly clock: Clock;
  /** From 0 to below 1: where to begin, so that not everybody begins at the same endpoint. */
  readonly random: () => number;
  readonly signal?: AbortSignal;
  /** Milliseconds after which the next endpoint is asked beside one that has not answered. @default 1000 */
  readonly patience?: number;
  /** Milliseconds after which a call is given up. @default 5000 */
  readonly limit?: number;
}

/** How the controls were turned. */
export interface TurnedControls {
  /** Endpoint that took the change. */
  readonly takenBy: string;
  /** Endpoint that showed the new states afterwards. */
  readonly shownBy: string;
  /** What other endpoints said or did instead. */
  readonly problems: readonly string[];
}

/**
 * Turns routing controls through whichever endpoint works: any of the five may be dead, slow, or answer from states
 * of before (https://docs.aws.amazon.com/r53recovery/latest/dg/route53-arc-best-practices.regional.html). A change
 * counts when an endpoint shows it, not when one took it; setting a state twice does no harm.
 *
 * @throws HoldfastError `unavailable` when no endpoint took the change, or none shows it, with what each said
 */
export async function turnControls(options: TurnControlsOptions): Promise<TurnedControls> {
  const { cluster, states } = options;
  const problems: string[] = [];
  const controls = Object.keys(states);
  const order = turned(options.endpoints, options.random());
  let untried = order;
  while (untried.length > 0) {
    const taken = await firstOf(options, untried, problems, (endpoint, signal) =>
      cluster.update(endpoint, states, signal),
    );
    if (taken === undefined) break;
    // It shows the change itself last: another endpoint's word is worth more.
    const lookers = [...order.filter(each => each !== taken), taken];
    const shown = await firstOf(options, lookers, problems, async (endpoint, signal) => {
      const seen = await cluster.read(endpoint, controls, signal);
      const old = controls.filter(control => seen[control] !== states[control]);
      if (old.length > 0) throw new Error(`shows ${old.length} of ${controls.length} states of before`);
    });
    if (shown !== undefined) return { takenBy: taken.region, shownBy: shown.region, problems };
    problems.push(`${taken.region}: took the change, and no endpoint shows it`);
    untried = untried.slice(untried.indexOf(taken) + 1);
  }
  const said = problems.length === 0 ? 'there is no endpoint' : problems.join('; ');
  throw new HoldfastError('unavailable', `the routing controls cannot be turned: ${said}`);
}

/** The endpoints from a random one on, round and round. */
function turned(endpoints: readonly ControlEndpoint[], random: number): readonly ControlEndpoint[] {
  const at = Math.floor(random * endpoints.length);
  return [...endpoints.slice(at), ...endpoints.slice(0, at)];
}

/**
 * The first endpoint that succeeds. The next is asked as soon as one fails, and beside one that has not answered in
 * time.
 */
async function firstOf(
  { clock, signal, patience = 1000, limit = 5000 }: TurnControlsOptions,
  endpoints: readonly ControlEndpoint[],
  problems: string[],
  act: (endpoint: ControlEndpoint, signal: AbortSignal) => Promise<void>,
): Promise<ControlEndpoint | undefined> {
  const over = new AbortController();
  const ends = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  let winner: ControlEndpoint | undefined;
  const attempts: Promise<void>[] = [];
  try {
    for (const endpoint of endpoints) {
      if (winner !== undefined || ends.aborted) break;
      const attempt = attemptAt(endpoint, { clock, limit, signal: ends }, act).then(
        () => {
          winner ??= endpoint;
        },
        (error: unknown) => {
          if (winner === undefined) problems.push(`${endpoint.region}: ${reason(error)}`);
        },
      );
      attempts.push(attempt);
      await Promise.race([attempt, clock.sleep(patience, ends).catch(() => undefined)]);
    }
    await Promise.race([winning(attempts, () => winner !== undefined), Promise.all(attempts)]);
    signal?.throwIfAborted();
    return winner;
  } finally {
    over.abort();
  }
}

/** Resolves when one attempt after which `isWon` holds has ended. */
function winning(attempts: readonly Promise<void>[], isWon: () => boolean): Promise<void> {
  return new Promise(resolve => {
    for (const attempt of attempts) void attempt.then(() => isWon() && resolve());
  });
}

async function attemptAt(
  endpoint: ControlEndpoint,
  { clock, limit, signal }: { clock: Clock; limit: number; signal: AbortSignal },
  act: (endpoint: ControlEndpoint, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const own = new AbortController();
  const timer = new AbortController();
  const late = clock.sleep(limit, AbortSignal.any([timer.signal, signal])).then(() => {
    throw new Error(`no answer in ${limit / 1000} s`);
  });
  try {
    await Promise.race([act(endpoint, AbortSignal.any([own.signal, signal])), late]);
  } finally {
    own.abort();
    timer.abort();
    late.catch(() => undefined);
  }
}

const reason = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);
