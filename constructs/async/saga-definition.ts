/**
 * The state machine of a saga as data: steps forward, each with what undoes it, and the register asked first and
 * before each undoing. Pure, so that a test can run it without AWS.
 */

/** One step of a plan; times in seconds. */
export interface SagaPlanStep {
  readonly name: string;
  /** ARN of the function that takes the step. */
  readonly action: string;
  /** ARN of the function that undoes it; absent where nothing is to be undone. */
  readonly compensation?: string;
  /** Longest time of one attempt, of the step or of its undoing. */
  readonly timeout: number;
  /** How often the step is tried again. */
  readonly retries: number;
  /** How often its undoing is tried again. */
  readonly compensationRetries: number;
}

/** What a saga's state machine is made from. */
export interface SagaPlan {
  readonly region: string;
  /** Table of the register, and the key of its item. */
  readonly registerTable: string;
  readonly registerKey: string;
  /** Partition of the account, most often a token. */
  readonly partition: string;
  readonly steps: readonly SagaPlanStep[];
}

/** A state of the Amazon States Language, as far as a saga uses it. */
export type State = Readonly<Record<string, unknown>> & { readonly Type: string };

/** A state machine of the Amazon States Language. */
export interface StateMachineDefinition {
  readonly Comment: string;
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State>>;
}

/** A function that refuses throws an error of this name: it is not tried again. */
export const REFUSED = 'Refused';
/** After these the step may have been taken all the same, so its own undoing runs too. */
const UNKNOWN_OUTCOME = ['States.Timeout', 'Lambda.Unknown'];

const REGISTER_TIMEOUT = 5;
const REGISTER_RETRIES = 3;
const LONGEST_DELAY = 30;

const DONE = 'Done';
const UNDONE = 'Undone';
const NOT_ACTIVE = 'Not active';
const FENCED = 'Fenced';
const NOT_UNDONE = 'Not undone';

/** The state machine of a plan. */
export function sagaDefinition(plan: SagaPlan): StateMachineDefinition {
  const first = plan.steps[0]?.name ?? DONE;
  return {
    Comment: 'Steps forward, each with what undoes it; the register is asked first and before each undoing',
    StartAt: 'Begin',
    TimeoutSeconds: longestSeconds(plan.steps),
    States: {
      Begin: { Type: 'Pass', Parameters: { 'input.$': '$', results: {} }, Next: 'Ask the register' },
      'Ask the register': askRegister(plan, 'Active here?', NOT_ACTIVE),
      'Active here?': choice(activeHere(plan), 'Remember the epoch', NOT_ACTIVE),
      'Remember the epoch': {
        Type: 'Pass',
        InputPath: '$.register.epoch',
        ResultPath: '$.epoch',
        Next: first,
      },
      ...Object.assign({}, ...plan.steps.map((step, index) => forward(plan, step, index))),
      ...Object.assign({}, ...plan.steps.map((step, index) => backward(plan, step, index))),
      [DONE]: outcome('done'),
      [UNDONE]: outcome('undone'),
      [NOT_ACTIVE]: { Type: 'Pass', Result: { outcome: 'not-active' }, End: true },
      [FENCED]: fail('Fenced', 'The epoch was raised half way: the new active Region takes it from here'),
      [NOT_UNDONE]: fail('NotUndone', 'A step could not be undone; a person has to'),
    },
  };
}

/** What the states themselves may add to the time of the work. */
const OVERHEAD = 1.2;

/**
 * Longest time of a whole run, in seconds: all steps taken at the last attempt, and all undone at the last. A run that
 * reaches it stops where it is, undoing nothing; so it is never less than the parts together.
 */
export function longestSeconds(steps: readonly SagaPlanStep[]): number {
  const asking = attemptsOf(REGISTER_TIMEOUT, REGISTER_RETRIES);
  const parts = steps.reduce(
    (total, { timeout, retries, compensation, compensationRetries }) =>
      total +
      attemptsOf(timeout, retries) +
      (compensation === undefined ? 0 : asking + attemptsOf(timeout, compensationRetries)),
    asking,
  );
  return Math.ceil(parts * OVERHEAD);
}

/** All attempts at their longest, and all delays between them: 1, 2, 4 seconds and so on, up to the longest. */
function attemptsOf(timeout: number, retries: number): number {
  const delays = Array.from({ length: retries }, (_, index) => Math.min(2 ** index, LONGEST_DELAY));
  return timeout * (retries + 1) + delays.reduce((sum, delay) => sum + delay, 0);
}

function forward(plan: SagaPlan, step: SagaPlanStep, index: number): Record<string, State> {
  const before = undoingBefore(plan, index);
  return {
    [step.name]: {
      ...invoke(plan, step, step.action, 'take'),
      Retry: retry(step.retries),
      Catch: [
        ...(step.compensation === undefined
          ? []
          : [{ ErrorEquals: UNKNOWN_OUTCOME, ResultPath: '$.failure', Next: asking(step) }]),
        { ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: before },
      ],
      ResultSelector: { 'value.$': '$.Payload' },
      ResultPath: `$.results['${step.name}']`,
      Next: plan.steps[index + 1]?.name ?? DONE,
    },
  };
}

function backward(plan: SagaPlan, step: SagaPlanStep, index: number): Record<string, State> {
  if (step.compensation === undefined) return {};
  const still = `Still ours before undoing ${step.name}?`;
  const same = { Variable: '$.register.epoch', StringEqualsPath: '$.epoch' };
  return {
    [asking(step)]: askRegister(plan, still, NOT_UNDONE),
    [still]: choice([...activeHere(plan), same], `Undo ${step.name}`, FENCED),
    [`Undo ${step.name}`]: {
      ...invoke(plan, step, step.compensation, 'undo'),
      Retry: retry(step.compensationRetries),
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.undoing', Next: NOT_UNDONE }],
      ResultPath: null,
      Next: undoingBefore(plan, index),
    },
  };
}

/** Where the undoing of what lies before a step begins. */
function undoingBefore(plan: SagaPlan, index: number): string {
  const last = plan.steps.slice(0, index).findLast(step => step.compensation !== undefined);
  return last === undefined ? UNDONE : asking(last);
}

const asking = (step: SagaPlanStep): string => `Ask before undoing ${step.name}`;

/** The token is the same for each attempt, and in each Region that runs the saga under the same name. */
function invoke(plan: SagaPlan, step: SagaPlanStep, functionArn: string, direction: 'take' | 'undo'): State {
  return {
    Type: 'Task',
    Resource: `arn:${plan.partition}:states:::lambda:invoke`,
    TimeoutSeconds: step.timeout,
    Parameters: {
      FunctionName: functionArn,
      Payload: {
        step: step.name,
        direction,
        'token.$': `States.Format('{}/${step.name}/${direction}', $$.Execution.Name)`,
        'epoch.$': 'States.StringToJson($.epoch)',
        'input.$': '$.input',
        'results.$': '$.results',
      },
    },
  };
}

function askRegister(plan: SagaPlan, next: string, otherwise: string): State {
  return {
    Type: 'Task',
    Resource: `arn:${plan.partition}:states:::dynamodb:getItem`,
    TimeoutSeconds: REGISTER_TIMEOUT,
    Parameters: {
      TableName: plan.registerTable,
      Key: { pk: { S: plan.registerKey } },
      ConsistentRead: true,
    },
    ResultSelector: {
      'epoch.$': '$.Item.epoch.N',
      'phase.$': '$.Item.phase.S',
      'region.$': '$.Item.region.S',
    },
    ResultPath: '$.register',
    Retry: retry(REGISTER_RETRIES),
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.asking', Next: otherwise }],
    Next: next,
  };
}

const activeHere = (plan: SagaPlan) => [
  { Variable: '$.register.phase', StringEquals: 'active' },
  { Variable: '$.register.region', StringEquals: plan.region },
];

const choice = (rules: readonly object[], next: string, otherwise: string): State => ({
  Type: 'Choice',
  Choices: [{ And: rules, Next: next }],
  Default: otherwise,
});

const retry = (retries: number) => [
  { ErrorEquals: [REFUSED], MaxAttempts: 0 },
  {
    ErrorEquals: ['States.ALL'],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxAttempts: retries,
    MaxDelaySeconds: LONGEST_DELAY,
    JitterStrategy: 'FULL',
  },
];

const outcome = (name: 'done' | 'undone'): State => ({
  Type: 'Pass',
  Parameters: {
    outcome: name,
    'results.$': '$.results',
    ...(name === 'undone' ? { 'failure.$': '$.failure' } : {}),
  },
  End: true,
});

const fail = (error: string, cause: string): State => ({ Type: 'Fail', Error: error, Cause: cause });
