import { RuntimeError, type RuntimeProblem } from '../errors';

/** `take`: the step itself; `settle`: whether it was taken has to be found out; `undo`: its compensation. */
export type SagaDirection = 'take' | 'settle' | 'undo';

/** What a step is called with; the words are those of the construct `Saga`. */
export interface SagaCall<Input = unknown> {
  readonly sagaId: string;
  readonly step: string;
  readonly direction: SagaDirection;
  /**
   * The key for the outside party: of the saga, the step and the direction alone, so it is the same in every attempt
   * and in every Region. A call to settle carries the token of the taking.
   */
  readonly token: string;
  /** Fencing token for whatever the step writes. */
  readonly epoch: number;
  readonly input: Input;
  /** What the steps taken so far have answered, by name. */
  readonly results: Readonly<Record<string, unknown>>;
  readonly correlationId: string;
  /** Aborts when the attempt's time is over. */
  readonly signal: AbortSignal;
}

/**
 * One step. Three things are asked of the other side, or of the adapter before it; without them no engine can end a
 * saga well. It acts once for one token. Its answer to a token stays the same, a refusal too, and so does that of a
 * check which does nothing else. And to take again under a token what has been undone is refused.
 */
export interface SagaStep<Input = unknown> {
  /** 1 to 40 letters, digits, hyphens and underscores; part of the token, so it never changes its meaning. */
  readonly name: string;
  /**
   * Takes the step and resolves with what later steps may need (JSON). Throws {@link Refused} when it certainly was
   * not and will not be taken; any other error leaves the outcome unknown.
   */
  readonly action: (call: SagaCall<Input>) => Promise<unknown>;
  /**
   * Undoes the step. `'nothing'` where it leaves nothing behind, such as a check, or where there is no way back from
   * it: then `retries` is infinite.
   */
  readonly compensation: ((call: SagaCall<Input>) => Promise<unknown>) | 'nothing';
  /**
   * Finds out whether the step was taken under the token, and makes sure that it is not taken later.
   * @default - it is taken again under its token until there is an answer, and then undone
   */
  readonly settle?: (call: SagaCall<Input>) => Promise<'taken' | 'not-taken'>;
  /** Longest time of one attempt, in milliseconds. */
  readonly timeoutMilliseconds: number;
  /**
   * How often a step of unknown outcome is tried again before the saga turns back; `Infinity` for a step behind which
   * there is no way back.
   * @default 3
   */
  readonly retries?: number;
}

/** A piece of work over several systems, all of which is done or undone in the end. */
export interface SagaDefinition<Input = unknown> {
  /** Kind of the saga, stored with each. */
  readonly name: string;
  readonly steps: readonly SagaStep<Input>[];
  /** Attempts after which a step that must end well (an undoing, a settling, a last step) is stuck. @default 10 */
  readonly stuckAfter?: number;
}

/** The other side has said no: the step was not taken, and never will be under this token. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** The key of a step for the outside party. */
export function sagaToken(sagaId: string, step: string, direction: SagaDirection): string {
  return `${sagaId}/${step}/${direction === 'undo' ? 'undo' : 'take'}`;
}

/** @throws RuntimeError `invalid-input` with everything that is wrong with a definition */
export function validateSaga<Input>({ name, steps, stuckAfter = 10 }: SagaDefinition<Input>): void {
  const problems: RuntimeProblem[] = [];
  const refuse = (path: string, received: unknown, message: string, fix: string) =>
    problems.push({ path, received, message, fix });
  if (steps.length === 0) refuse('steps', 0, 'a saga without a step does nothing', 'add one');
  if (!Number.isInteger(stuckAfter) || stuckAfter < 1)
    refuse('stuckAfter', stuckAfter, 'is no number of attempts', 'give a whole number from 1');
  for (const [index, step] of steps.entries()) {
    const at = `steps[${index}]`;
    if (!/^[\w-]{1,40}$/.test(step.name))
      refuse(`${at}.name`, step.name, 'is no name', 'use 1 to 40 letters, digits, - and _');
    if (steps.findIndex(other => other.name === step.name) !== index)
      refuse(`${at}.name`, step.name, 'is taken', 'give each step its own: the token is made from it');
    if (!(step.timeoutMilliseconds > 0))
      refuse(
        `${at}.timeoutMilliseconds`,
        step.timeoutMilliseconds,
        'is no time',
        'give milliseconds above 0',
      );
    const { retries = 3 } = step;
    if (!(retries >= 0) || (Number.isFinite(retries) && !Number.isInteger(retries)))
      refuse(`${at}.retries`, retries, 'is no number of tries', 'give a whole number from 0, or Infinity');
  }
  if (problems.length > 0) throw new RuntimeError('invalid-input', `the saga ${name} is not valid`, problems);
}
