import { type Duration, Token } from 'aws-cdk-lib';
import { matching, type Rule, wholeNumber } from '../validation';
import { hasBlock, type SwitchPlan } from './region-switch-plan';

/** A step of your own among those of the drill, done by a function of yours: telling a partner, warming what is yours. */
export type SwitchCustomStep = {
  /** Name in the workflow: 1 to 64 letters, digits and hyphens, and none of the drill's own steps. */
  readonly name: string;
  /** What it does, for the person who watches. */
  readonly description: string;
  /**
   * ARN of the function in each Region, by Region. It gets `{ application, step, from, to, limitSeconds }` with what
   * Region switch adds, runs in the Region that is activated, and must fail while the step is not done.
   */
  readonly functions: Readonly<Record<string, string>>;
  /** How long it may take, 1 to 60 whole minutes; the plan stops there and waits for a person. */
  readonly timeout: Duration;
  /**
   * How long it mostly takes, which counts against the promised recovery time.
   * @default - the timeout
   */
  readonly expected?: Duration;
  /**
   * Whether acting twice does no harm; it is then tried again each minute.
   * @default false
   */
  readonly repeatable?: boolean;
  /**
   * Whether it is left out when the old Region is gone and a person runs the plan the lossy way.
   * @default false
   */
  readonly skipWhenUngraceful?: boolean;
} & (
  | {
      /** Id of the drill's step right after which it stands. */
      readonly after: string;
      readonly before?: never;
    }
  | {
      /** Id of the drill's step before which it stands, and before the approval of that step. */
      readonly before: string;
      readonly after?: never;
    }
);

/** Steps of yours that stand beside a step of the drill, in the order in which they were given. */
export const customBeside = (
  side: 'before' | 'after',
  id: string,
  steps: readonly SwitchCustomStep[] = [],
): readonly SwitchCustomStep[] => steps.filter(step => step[side] === id);

/** What the steps of yours must satisfy against each plan, beside whatever every map by Region must. */
export function customRules(
  plans: readonly SwitchPlan[],
  steps: readonly SwitchCustomStep[],
  groupsAreKnown: boolean,
): Rule[] {
  const names = steps.map(({ name }) => name);
  return steps.flatMap((step, index) => {
    const path = `customSteps[${index}]`;
    const minutes = step.timeout.toMinutes({ integral: false });
    const expected = step.expected?.toMinutes({ integral: false });
    const own = plans.flatMap(({ steps: all }) => all.map(({ id }) => id));
    return [
      matching(
        `${path}.name`,
        step.name,
        /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?$/,
        'use 1 to 64 letters, digits and inner hyphens',
      ),
      (names.indexOf(step.name) !== index || own.includes(step.name.replace(/^approve-/, ''))) && {
        path: `${path}.name`,
        received: step.name,
        message: 'a step has that name already',
        fix: 'use a name that no other step has',
      },
      step.description.trim() === '' && {
        path: `${path}.description`,
        received: step.description,
        message: 'says nothing to the person who watches',
        fix: 'say what the step does',
      },
      wholeNumber(`${path}.timeout (minutes)`, minutes, 1, 60),
      expected !== undefined &&
        expected > minutes && {
          path: `${path}.expected`,
          received: `${expected} min`,
          message: `longer than the timeout of ${minutes} min`,
          fix: 'raise the timeout or lower what is expected',
        },
      ...plans.map(plan => placeRule(path, plan, step, groupsAreKnown)),
    ];
  });
}

/** Stands beside a step that has a block of its own, in either direction's plan. */
function placeRule(
  path: string,
  plan: SwitchPlan,
  { after, before }: { readonly after?: string; readonly before?: string },
  groupsAreKnown: boolean,
): Rule {
  const anchor = after ?? before;
  const both = after !== undefined && before !== undefined;
  const places = plan.steps.filter(step => hasBlock(plan, step, groupsAreKnown)).map(({ id }) => id);
  if (!both && anchor !== undefined && places.includes(anchor)) return undefined;
  return {
    path: `${path}.${after === undefined ? 'before' : 'after'}`,
    received: both ? { after, before } : anchor,
    message: both
      ? 'stands in one place'
      : `not a step of the plan from ${plan.from} to ${plan.to} with a block of its own`,
    fix: `give after or before, one of ${places.join(', ')}`,
  };
}

/** A function of the Region that is keyed: a workflow calls nothing of another one. Names and tokens cannot tell. */
export function functionRule(path: string, region: string, arn: string | undefined): Rule {
  if (arn === undefined || Token.isUnresolved(arn)) return undefined;
  const found = /^arn:[\w-]+:lambda:([\w-]+):\d{12}:function:[\w-]+(?::[\w$-]+)?$/.exec(arn)?.[1];
  if (found === region) return undefined;
  return {
    path: `${path}.${region}`,
    received: arn,
    message: found === undefined ? 'not the ARN of a function' : `a function of ${found}`,
    fix: `pass the ARN of the function in ${region}`,
  };
}
