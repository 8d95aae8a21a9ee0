import { own, textOf } from '../compare/values';
import type { Json } from '../model';
import { isTrue } from '../rules/values';
import type { Declared } from './live-stack';
import { compared, type Probe, type ProbeContext, uncheckedOf } from './probe';
import { isTold } from './resolve';

const STATES: Readonly<Record<string, boolean>> = {
  ...{ Enabled: true, Enabling: true },
  ...{ Disabled: false, Disabling: false },
};
const NUMBERS = ['BatchSize', 'MaximumBatchingWindowInSeconds'] as const;

/** Whether a function is fed, by what, and how: CloudFormation's own detection does not know the type. */
export const mappings: Probe = {
  types: ['AWS::Lambda::EventSourceMapping'],
  async look(declared, context) {
    const found = await context.live.mapping(declared.region, declared.physicalId);
    const state = textOf(own(found ?? null, 'State'));
    if (found !== undefined && STATES[state] === undefined) {
      const why = `the mapping is ${state}, so whether it feeds its function cannot be told yet`;
      return { changes: [], unchecked: [uncheckedOf(declared, { why, fix: 'run again in a minute' })] };
    }
    const isOn = STATES[state] === true;
    const expected = { ...expectedOf(declared), Enabled: enabledOf(declared, isOn, context) };
    const now =
      found === undefined
        ? undefined
        : {
            Enabled: isOn,
            FunctionName: functionOf(own(found, 'FunctionName')),
            ...Object.fromEntries(NUMBERS.map(name => [name, own(found, name) ?? 0])),
          };
    return compared(declared, expected, now);
  },
};

/** A mapping feeds its function unless its template says otherwise. */
const declaredOn = ({ properties }: Declared): Json => own(properties, 'Enabled') ?? true;

/**
 * Whether it should be on. One that another Region declares the other way round carries the role of its Region: where it
 * does not follow the register it is held against that, since then no failover explains it.
 */
function enabledOf(declared: Declared, isOn: boolean, { active, stacks }: ProbeContext): Json {
  const ours = declaredOn(declared);
  const others = stacks
    .filter(({ region, stack }) => region !== declared.region && stack === declared.stack)
    .flatMap(({ resources }) => resources.filter(({ resource }) => resource === declared.resource));
  const carriesRole = others.some(each => isTrue(declaredOn(each)) !== isTrue(ours));
  if (!isTold(ours) || !carriesRole || active === undefined) return ours;
  const wanted = declared.region === active;
  return isOn === wanted ? ours : wanted;
}

function expectedOf({ properties }: Declared): Readonly<Record<string, Json | undefined>> {
  const name = own(properties, 'FunctionName');
  const declared = NUMBERS.flatMap(each => {
    const value = own(properties, each);
    return value === undefined ? [] : [[each, value] as const];
  });
  return {
    FunctionName: isTold(name) ? functionOf(name) : name,
    ...Object.fromEntries(declared),
  };
}

/** Name, with version or alias, of a function that is named by any of its forms. */
const functionOf = (name: Json | undefined): string => textOf(name).replace(/^(?:.*:)?function:/, '');
