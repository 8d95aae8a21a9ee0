import type { SagaDefinition, SagaDirection, SagaStep } from './saga';

/** `stuck`: what must end well has not for long; it is tried on, and a person is called. */
export type SagaStatus = 'running' | 'stuck' | 'done' | 'undone';

/** What is known of one step's taking. */
export type StepOutcome = { readonly taken: true; readonly value: unknown } | { readonly taken: false };

/** Where a saga stands: all that is needed to go on, as JSON. */
export interface SagaState {
  readonly status: SagaStatus;
  readonly direction: SagaDirection;
  /** Index of the step in hand. */
  readonly step: number;
  /** Attempts at it that have begun in this direction. */
  readonly attempts: number;
  /** Highest index that was ever in hand: whatever was called lies at or below it. */
  readonly reached: number;
  /** Whether an older epoch may have gone further than this state tells. */
  readonly moved: boolean;
  /** By name of the step. What is in hand for the first time has none. */
  readonly outcomes: Readonly<Record<string, StepOutcome>>;
}

/** How an attempt ended. */
export type AttemptResult =
  | { readonly kind: 'ok'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly reason: string }
  /** An error or no answer: it may have been done. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Shape of a definition that the machine needs. */
type Plan = Pick<SagaDefinition<never>, 'steps' | 'stuckAfter'>;

/** Where every saga begins. */
export const FIRST_STATE: SagaState = {
  status: 'running',
  direction: 'take',
  step: 0,
  attempts: 0,
  reached: 0,
  moved: false,
  outcomes: {},
};

/** Whether nothing is left to do. */
export const isOver = ({ status }: SagaState): boolean => status === 'done' || status === 'undone';

/**
 * The state with one more attempt begun, as it is stored before the attempt is made. The first attempt of a new epoch
 * begins at the first step again: what the old Region did last may be lost with it, so each step is asked again under
 * its token, and one that was undone meanwhile says so.
 */
export function begin(state: SagaState, raised: boolean): SagaState {
  const moved = state.moved || raised;
  const from = raised && state.direction === 'take' ? { ...state, step: 0, attempts: 0 } : state;
  return { ...from, moved, attempts: from.attempts + 1 };
}

/** The state after an attempt. Pure: the same history leads to the same state wherever it is worked. */
export function after(plan: Plan, state: SagaState, result: AttemptResult): SagaState {
  if (state.direction === 'take') return afterTake(plan, state, result);
  if (state.direction === 'settle') return afterSettle(plan, state, result);
  if (result.kind === 'ok') return back(plan, { ...state, status: 'running' }, state.step);
  // An undoing that is refused is no undoing: it is tried on, and a person sees it.
  return patient(plan, state);
}

function afterTake(plan: Plan, state: SagaState, result: AttemptResult): SagaState {
  const step = plan.steps[state.step] as SagaStep<never>;
  if (result.kind === 'ok') return forward(plan, note(plan, state, { taken: true, value: result.value }));
  const { retries = 3 } = step;
  if (result.kind === 'refused') return back(plan, note(plan, state, { taken: false }), state.reached + 1);
  // Of a saga that moved only an answer turns it back: without one, later steps may have been taken where it came from.
  if (retries === Number.POSITIVE_INFINITY || state.moved) return patient(plan, state);
  return state.attempts <= retries ? state : back(plan, state, state.reached + 1);
}

/** A settling is a question, so an answer is never assumed: without one it is asked again. */
function afterSettle(plan: Plan, state: SagaState, result: AttemptResult): SagaState {
  if (result.kind === 'unknown') return patient(plan, state);
  const asked = plan.steps[state.step]?.settle !== undefined;
  const taken = result.kind === 'ok' && !(asked && result.value === 'not-taken');
  const value = result.kind === 'ok' && !asked ? result.value : undefined;
  const known = note(plan, state, taken ? { taken, value } : { taken });
  return back(plan, { ...known, status: 'running' }, state.step + 1);
}

function forward(plan: Plan, state: SagaState): SagaState {
  const step = state.step + 1;
  if (step === plan.steps.length) return { ...state, status: 'done', attempts: 0 };
  return { ...state, status: 'running', step, attempts: 0, reached: Math.max(state.reached, step) };
}

/** The nearest step below `above` that is to be undone, or of which it has to be found out. */
function back(plan: Plan, state: SagaState, above: number): SagaState {
  for (let step = above - 1; step >= 0; step -= 1) {
    const { name, compensation } = plan.steps[step] as SagaStep<never>;
    const outcome = state.outcomes[name];
    if (compensation === 'nothing' || outcome?.taken === false) continue;
    return { ...state, direction: outcome === undefined ? 'settle' : 'undo', step, attempts: 0 };
  }
  return { ...state, status: 'undone', direction: 'undo', step: 0, attempts: 0 };
}

/** Tried on for ever; after a while it is said aloud. */
function patient({ stuckAfter = 10 }: Plan, state: SagaState): SagaState {
  return state.attempts >= stuckAfter ? { ...state, status: 'stuck' } : state;
}

function note(plan: Plan, state: SagaState, outcome: StepOutcome): SagaState {
  const { name } = plan.steps[state.step] as SagaStep<never>;
  return { ...state, outcomes: { ...state.outcomes, [name]: outcome } };
}
