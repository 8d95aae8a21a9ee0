import type { State, StateMachineDefinition } from '../../../constructs/async/saga-definition';

/** What the register says when it is asked; `undefined` when it does not answer. */
export interface RegisterAnswer {
  readonly epoch: number;
  readonly phase: string;
  readonly region: string;
}

/** What a function is called with. */
export interface Call {
  readonly step: string;
  readonly direction: 'take' | 'undo';
  readonly token: string;
  readonly epoch: number;
  readonly input: unknown;
  readonly results: Readonly<Record<string, unknown>>;
}

/** The world around a run. */
export interface SagaWorld {
  readonly register: () => RegisterAnswer | undefined;
  /** Answers one attempt of a function, or throws an error whose name the state machine sees. */
  readonly call: (call: Call) => unknown;
}

/** How a run ended: with an output, or with the error of a `Fail` state. */
export type Ending = { readonly output: { readonly outcome: string } } | { readonly error: string };

type Data = Record<string, unknown>;

/** Runs a definition as Step Functions would, without its pauses: as much of the language as a saga uses. */
export function simulate(definition: StateMachineDefinition, world: SagaWorld, input: unknown): Ending {
  let name = definition.StartAt;
  let data = input as Data;
  for (let steps = 0; steps < 1000; steps += 1) {
    const state = definition.States[name];
    if (state === undefined) throw new Error(`no state ${name}`);
    if (state.Type === 'Fail') return { error: String(state.Error) };
    const { next, output } = STEPS[state.Type as keyof typeof STEPS](state, data, world);
    data = output;
    if (next === undefined) return { output: data as { outcome: string } };
    name = next;
  }
  throw new Error('the machine does not end');
}

interface Stepped {
  readonly next: string | undefined;
  readonly output: Data;
}

const STEPS = {
  Pass(state: State, data: Data): Stepped {
    const made =
      state.Result ??
      (state.Parameters === undefined ? at(data, String(state.InputPath)) : fill(state.Parameters, data));
    return { next: state.Next as string | undefined, output: put(data, state.ResultPath ?? '$', made) };
  },
  Choice(state: State, data: Data): Stepped {
    const [rule] = state.Choices as Array<{ And: Data[]; Next: string }>;
    const holds = rule?.And.every(({ Variable, StringEquals, StringEqualsPath }) => {
      const expected = StringEqualsPath === undefined ? StringEquals : at(data, String(StringEqualsPath));
      return at(data, String(Variable)) === expected;
    });
    return { next: holds === true ? rule?.Next : String(state.Default), output: data };
  },
  Task(state: State, data: Data, world: SagaWorld): Stepped {
    const attempt = () => invoke(state, data, world);
    try {
      const result = retrying(state.Retry as Data[], attempt);
      const selected =
        state.ResultSelector === undefined ? result : fill(state.ResultSelector, result as Data);
      return { next: String(state.Next), output: put(data, state.ResultPath as string | null, selected) };
    } catch (error) {
      const handler = matching(state.Catch as Data[], error);
      if (handler === undefined) throw error;
      const failure = { Error: (error as Error).name };
      return { next: String(handler.Next), output: put(data, handler.ResultPath as string, failure) };
    }
  },
};

function invoke(state: State, data: Data, world: SagaWorld): unknown {
  const parameters = fill(state.Parameters, data) as { Payload: Call };
  if (String(state.Resource).endsWith('lambda:invoke')) return { Payload: world.call(parameters.Payload) };
  const answer = world.register();
  if (answer === undefined) throw Object.assign(new Error('no answer'), { name: 'States.Timeout' });
  const { epoch, phase, region } = answer;
  return { Item: { epoch: { N: String(epoch) }, phase: { S: phase }, region: { S: region } } };
}

function retrying(retriers: readonly Data[], attempt: () => unknown): unknown {
  for (let tries = 0; ; tries += 1) {
    try {
      return attempt();
    } catch (error) {
      if (tries >= Number(matching(retriers, error)?.MaxAttempts ?? 0)) throw error;
    }
  }
}

function matching(handlers: readonly Data[], error: unknown): Data | undefined {
  return handlers.find(({ ErrorEquals }) =>
    (ErrorEquals as string[]).some(name => name === 'States.ALL' || name === (error as Error).name),
  );
}

/** Fills in a template: keys that end in `.$` are paths, or one of the two functions that a saga uses. */
function fill(template: unknown, data: Data): unknown {
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), evaluate(String(value), data)] : [key, fill(value, data)],
    ),
  );
}

function evaluate(expression: string, data: Data): unknown {
  const format = /^States\.Format\('(.*)', \$\$\.Execution\.Name\)$/.exec(expression);
  if (format !== null) return String(format[1]).replace('{}', 'run-1');
  const json = /^States\.StringToJson\((.*)\)$/.exec(expression);
  return json === null ? at(data, expression) : JSON.parse(String(at(data, String(json[1]))));
}

const segments = (path: string): string[] =>
  [...path.slice(1).matchAll(/\.([\w-]+)|\['([\w-]+)'\]/g)].map(match => String(match[1] ?? match[2]));

function at(data: Data, path: string): unknown {
  return segments(path).reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !(key in value)) throw new Error(`no ${path}`);
    return (value as Data)[key];
  }, data);
}

function put(data: Data, path: unknown, value: unknown): Data {
  if (path === null) return data;
  const [first, second] = segments(String(path));
  if (first === undefined) return value as Data;
  if (second === undefined) return { ...data, [first]: value };
  return { ...data, [first]: { ...(data[first] as Data), [second]: value } };
}
