import { type Duration, Token } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IRegister } from '../data/register-access';
import { assertRules, matching, type Rule, wholeNumber } from '../validation';
import { longestSeconds, type SagaPlanStep } from './saga-definition';

/** One step of a saga. */
export interface SagaStep {
  /** Name, up to 40 letters, digits, hyphens and underscores; it appears in the payload and in the token. */
  readonly name: string;
  /**
   * Takes the step. Called with `{ step, direction, token, epoch, input, results }`; it may be called twice with one
   * token and must act once, and hands the epoch to whatever it writes. An error named `Refused` is not tried again.
   */
  readonly action: IFunction;
  /**
   * Undoes the step, called in the same way. It must bear that there is nothing to undo, since a step that ran out of
   * time may or may not have been taken. `'nothing'` where a step leaves nothing behind, such as a check.
   */
  readonly compensation: IFunction | 'nothing';
  /** Longest time of one attempt, at least 1 second, in whole seconds; of the undoing too. */
  readonly timeout: Duration;
  /**
   * How often the step is tried again, 0 to 20, with growing and random pauses.
   * @default 3
   */
  readonly retries?: number;
  /**
   * How often the undoing is tried again, 0 to 50.
   * @default - 10; 3 for an express saga
   */
  readonly compensationRetries?: number;
}

/** Properties of a {@link Saga}. */
export interface SagaProps {
  /** The register, asked first and before each undoing. */
  readonly register: IRegister;
  /** The steps, in order; at least one. */
  readonly steps: readonly SagaStep[];
  /**
   * `standard` runs each state exactly once and for up to a year; `express` ends within 5 minutes, at least once.
   * @default 'standard'
   */
  readonly kind?: 'standard' | 'express';
}

const LONGEST_EXPRESS_SECONDS = 300;
const LONGEST_STANDARD_SECONDS = 31_536_000;

/** The steps as data. */
export function planSteps(props: SagaProps): readonly SagaPlanStep[] {
  return props.steps.map(step => ({
    name: step.name,
    action: step.action.functionArn,
    ...(step.compensation === 'nothing' ? {} : { compensation: step.compensation.functionArn }),
    timeout: step.timeout.toSeconds(),
    retries: step.retries ?? 3,
    compensationRetries: step.compensationRetries ?? (props.kind === 'express' ? 3 : 10),
  }));
}

/**
 * @param construct class name and path
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateSaga(construct: string, props: SagaProps): void {
  const steps = planSteps(props);
  const names = steps.map(step => step.name);
  const longest = props.kind === 'express' ? LONGEST_EXPRESS_SECONDS : LONGEST_STANDARD_SECONDS;
  assertRules(construct, [
    steps.length === 0 && {
      path: 'steps',
      received: 0,
      message: 'a saga without a step does nothing',
      fix: 'add one',
    },
    ...steps.flatMap((step, index) => stepRules(step, index, names)),
    longestSeconds(steps) > longest && {
      path: 'steps',
      received: longestSeconds(steps),
      message: `may run for longer than the ${longest} s of kind '${props.kind ?? 'standard'}', and then stops half way`,
      fix: 'shorten the timeouts, lower the retries, or use a standard saga',
    },
  ]);
}

function stepRules(step: SagaPlanStep, index: number, names: readonly string[]): readonly Rule[] {
  const at = `steps[${index}]`;
  const first = names.indexOf(step.name);
  return [
    matching(`${at}.name`, step.name, /^[A-Za-z0-9_-]{1,40}$/, 'use 1 to 40 letters, digits, - and _'),
    wholeNumber(`${at}.timeout (seconds)`, step.timeout, 1, 86_400),
    wholeNumber(`${at}.retries`, step.retries, 0, 20),
    wholeNumber(`${at}.compensationRetries`, step.compensationRetries, 0, 50),
    first !== index && {
      path: `${at}.name`,
      received: step.name,
      message: `the name of steps[${first}] too`,
      fix: 'give each step a name of its own: the token is made from it',
    },
    !Token.isUnresolved(step.action) &&
      step.action === step.compensation && {
        path: `${at}.compensation`,
        received: step.action,
        message: 'the function of the step itself',
        fix: 'use another function, which undoes it',
      },
  ];
}
