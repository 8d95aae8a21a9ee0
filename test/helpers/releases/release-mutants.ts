// Controllers with one thing taken out each: the proof must tell every one of them from the real one.
import { nextAction } from '../../../lib/runtime/release/release-decision';
import type { ReleaseLoopOptions } from '../../../lib/runtime/release/release-loop';
import type { ReleaseState } from '../../../lib/runtime/release/release-state';
import { turnRelease } from '../../../lib/runtime/release/release-turn';
import type { RegionView, ReleaseView } from '../../../lib/runtime/release/release-view';
import { PERIOD } from './simulated-regions';

/** Names of the mutants. */
export const MUTANTS = [
  'no alarm',
  'missing is health',
  'late is health',
  'time alone is evidence',
  'both Regions at once',
  'another Region may be degraded',
  'a drill is not seen',
  'takes over without waiting',
  'acts however late',
  'writes over any version',
  'ill clones are not seen',
  'silence is waited out for ever',
] as const;
/** One of {@link MUTANTS}. */
export type Mutant = (typeof MUTANTS)[number];

type Change = (options: ReleaseLoopOptions) => ReleaseLoopOptions;

/** A controller that sees the world otherwise than it is. */
const seeing =
  (change: (view: ReleaseView, state: ReleaseState, now: number) => ReleaseView): Change =>
  options => ({
    ...options,
    turn: (own, memory) =>
      turnRelease(own, memory, (state, view, now) => nextAction(state, change(view, state, now), now)),
  });

const good = (at: number) => ({ at, requests: 100, errors: 0, latencySeconds: 0.01 });

/** A view in which all wanted clones of a Region are healthy. */
function healing(view: ReleaseView, region: string): ReleaseView {
  const seen = view.regions[region];
  if (seen === undefined) return view;
  const whole = (colour: 'blue' | 'green') => {
    const { healthy, desired } = seen.colours[colour];
    return { ...seen.colours[colour], healthy: Math.max(healthy, desired) };
  };
  const healed: RegionView = { ...seen, colours: { blue: whole('blue'), green: whole('green') } };
  return { ...view, regions: { ...view.regions, [region]: healed } };
}

const CHANGES: Readonly<Record<Mutant, Change>> = {
  'no alarm': seeing(view => ({
    ...view,
    metrics: view.metrics?.map(({ at, requests }) => ({ ...good(at), requests })),
  })),
  'missing is health': seeing((view, state, now) => {
    const known = new Map(view.metrics?.map(each => [each.at, each]));
    const metrics = [];
    for (let at = Math.ceil((state.watchedFrom ?? now) / PERIOD) * PERIOD; at + PERIOD <= now; at += PERIOD)
      metrics.push(known.get(at) ?? good(at));
    return { ...view, metrics };
  }),
  // What was measured before the weights were moved counts for after.
  'late is health': seeing((view, _state, now) => {
    const newest = view.metrics?.at(-1);
    const at = Math.floor(now / PERIOD) * PERIOD - PERIOD;
    return newest === undefined || newest.at === at
      ? view
      : { ...view, metrics: [...(view.metrics ?? []), { ...newest, at }] };
  }),
  'time alone is evidence': options => ({
    ...options,
    turn: (own, memory) =>
      turnRelease(own, memory, (state, view, now) => {
        const isOver =
          state.stage === 'shift' &&
          state.since !== undefined &&
          now - state.since > state.plan.stepSeconds * 1000 &&
          state.step < state.plan.shares.length - 1;
        return nextAction(isOver ? { ...state, step: state.step + 1, since: undefined } : state, view, now);
      }),
  }),
  'both Regions at once': options => ({
    ...options,
    turn: (own, memory) =>
      turnRelease(own, memory, (state, view, now) => {
        const isEarly = state.stage === 'shift' && state.region === 0 && state.since !== undefined;
        const on: ReleaseState = {
          ...state,
          ...{ stage: 'launch', region: 1, step: 0, since: undefined, watchedFrom: undefined },
        };
        return nextAction(isEarly ? on : state, view, now);
      }),
  }),
  'another Region may be degraded': seeing((view, state) =>
    healing(view, state.plan.regions[1 - state.region]?.region ?? ''),
  ),
  'a drill is not seen': seeing(view => ({ ...view, drill: 'free' })),
  'takes over without waiting': options => ({
    ...options,
    turn: async own => {
      const item = await own.store.read();
      return turnRelease(own, { waited: item?.version });
    },
  }),
  // Its clock stands still from the write to the act.
  'acts however late': options => ({
    ...options,
    turn: (own, memory) => {
      const at = own.clock.monotonic();
      const { clock } = own;
      const frozen = {
        now: () => clock.now(),
        monotonic: () => at,
        sleep: (milliseconds: number, signal?: AbortSignal) => clock.sleep(milliseconds, signal),
      };
      return turnRelease({ ...own, clock: frozen }, memory);
    },
  }),
  'writes over any version': options => ({
    ...options,
    store: {
      ...options.store,
      write: async next => {
        const item = await options.store.read();
        return options.store.write({ ...next, version: (item?.version ?? 0) + 1 }, item?.version);
      },
    },
  }),
  'ill clones are not seen': seeing((view, state) =>
    state.stage === 'launch' || state.watchedFrom === undefined
      ? view
      : healing(healing(view, 'west'), 'east'),
  ),
  'silence is waited out for ever': options => ({
    ...options,
    turn: (own, memory) =>
      turnRelease(own, memory, (state, view, now) =>
        nextAction({ ...state, lookedAt: undefined }, view, now),
      ),
  }),
};

/** The options of a controller that the mutation has struck; its own without one. */
export const mutated = (mutant: Mutant | undefined, options: ReleaseLoopOptions): ReleaseLoopOptions =>
  mutant === undefined ? options : CHANGES[mutant](options);
