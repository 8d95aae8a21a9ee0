import { own, textOf } from '../compare/values';
import type { Json } from '../model';
import type { Declared } from './live-stack';
import { compared, type Probe, uncheckedOf } from './probe';
import { isTold } from './resolve';

const STATES: Readonly<Record<string, boolean>> = {
  ...{ Enabled: true, Enabling: true },
  ...{ Disabled: false, Disabling: false },
};
const NUMBERS = ['BatchSize', 'MaximumBatchingWindowInSeconds'] as const;

/** Whether a function is fed, by what, and how: CloudFormation's own detection does not know the type. */
export const mappings: Probe = {
  types: ['AWS::Lambda::EventSourceMapping'],
  async look(declared, { live }) {
    const found = await live.mapping(declared.region, declared.physicalId);
    const state = textOf(own(found ?? null, 'State'));
    if (found !== undefined && STATES[state] === undefined) {
      const why = `the mapping is ${state}, so whether it feeds its function cannot be told yet`;
      return { changes: [], unchecked: [uncheckedOf(declared, { why, fix: 'run again in a minute' })] };
    }
    const expected = expectedOf(declared);
    const now =
      found === undefined
        ? undefined
        : {
            Enabled: STATES[state] === true,
            FunctionName: functionOf(own(found, 'FunctionName')),
            ...Object.fromEntries(NUMBERS.map(name => [name, own(found, name) ?? 0])),
          };
    return compared(declared, expected, now);
  },
};

/** A mapping feeds its function unless its template says otherwise. */
function expectedOf({ properties }: Declared): Readonly<Record<string, Json | undefined>> {
  const name = own(properties, 'FunctionName');
  const declared = NUMBERS.flatMap(each => {
    const value = own(properties, each);
    return value === undefined ? [] : [[each, value] as const];
  });
  return {
    Enabled: own(properties, 'Enabled') ?? true,
    FunctionName: isTold(name) ? functionOf(name) : name,
    ...Object.fromEntries(declared),
  };
}

/** Name, with version or alias, of a function that is named by any of its forms. */
const functionOf = (name: Json | undefined): string => textOf(name).replace(/^(?:.*:)?function:/, '');
