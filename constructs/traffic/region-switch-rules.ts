import { matching, type Rule, wholeNumber } from '../validation';
import { regionRule } from './failover-rules';
import { customRules, functionRule, type SwitchCustomStep } from './region-switch-custom';
import type { SwitchPlan } from './region-switch-plan';
import type { RegionSwitchProps } from './region-switch-props';

/** Longest recovery time that a plan takes: 7 days in minutes. */
const MOST_MINUTES = 10_080;

/** Name of the plan: the given one, or the application's. */
export function switchName({ name, plans }: RegionSwitchProps): string {
  return name ?? `${plans[0].application}-switch`;
}

/** Everything that Region switch asks of a plan, and what a switch of two Regions needs in each of them. */
export function switchRules(props: RegionSwitchProps): Rule[] {
  const { plans, actions, database, healthAlarms, groups = [], customSteps = [] } = props;
  const promised = props.recoveryTimeObjective;
  const regions = [plans[0].from, plans[0].to];
  return [
    matching(
      'name',
      switchName(props),
      /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/,
      'use 32 letters, digits and hyphens at most',
    ),
    ...pairRules(plans),
    ...functionsIn('actions', regions, actions),
    ...customRules(plans, customSteps, props.groups !== undefined),
    ...customSteps.flatMap(({ functions }, index) =>
      functionsIn(`customSteps[${index}].functions`, regions, functions),
    ),
    ...inEach('database.clusterArns', regions, database.clusterArns),
    ...inEach('healthAlarms', regions, healthAlarms),
    ...groups.flatMap((arns, index) => inEach(`groups[${index}]`, regions, arns)),
    groups.length === 0 &&
      props.groups !== undefined && {
        path: 'groups',
        received: groups,
        message: 'no group to raise',
        fix: 'name groups, or leave it out and raise capacity by the function of `actions`',
      },
    ...(promised === undefined ? [] : timeRules(plans, promised.toMinutes({ integral: false }), customSteps)),
    props.approvalTimeout !== undefined &&
      wholeNumber('approvalTimeout', props.approvalTimeout.toMinutes({ integral: false }), 1, MOST_MINUTES),
  ];
}

/** Exactly two Regions, both directions, and plans of a real account. */
function pairRules(plans: readonly [SwitchPlan, SwitchPlan]): Rule[] {
  const [there, back] = plans;
  return [
    ...plans.flatMap((plan, index) => [
      regionRule(`plans[${index}].from`, plan.from),
      regionRule(`plans[${index}].to`, plan.to),
      plan.timeScale !== 1 && {
        path: `plans[${index}].timeScale`,
        received: plan.timeScale,
        message: 'a plan of the lab: its times are not those of AWS',
        fix: 'plan with timeScale 1',
      },
      plan.steps.length === 0 && {
        path: `plans[${index}].steps`,
        received: plan.steps,
        message: 'a plan without steps',
        fix: "use the drill's planner",
      },
    ]),
    there.from === there.to && {
      path: 'plans[0].to',
      received: there.to,
      message: 'a switch needs two Regions',
      fix: 'plan a move to another Region',
    },
    !(back.from === there.to && back.to === there.from) && {
      path: 'plans[1]',
      received: `${back.from} to ${back.to}`,
      message: 'not the way back: a plan holds exactly two Regions and both directions',
      fix: `plan from ${there.to} to ${there.from}`,
    },
    back.application !== there.application && {
      path: 'plans[1].application',
      received: back.application,
      message: `the other plan moves ${there.application}`,
      fix: 'plan one application',
    },
  ];
}

function inEach(path: string, regions: readonly string[], values: Readonly<Record<string, string>>): Rule[] {
  return [
    ...regions.map(
      region =>
        values[region] === undefined && {
          path: `${path}.${region}`,
          message: 'missing: a workflow runs in either Region, and reaches nothing of the other',
          fix: 'name one for each Region',
        },
    ),
    ...Object.keys(values).map(
      region =>
        !regions.includes(region) && {
          path: `${path}.${region}`,
          received: region,
          message: 'not a Region of the plan',
          fix: `use ${regions.join(' and ')}`,
        },
    ),
  ];
}

function functionsIn(
  path: string,
  regions: readonly string[],
  functions: Readonly<Record<string, string>>,
): Rule[] {
  const each = regions.map(region => functionRule(path, region, functions[region]));
  return [...inEach(path, regions, functions), ...each];
}

function timeRules(
  plans: readonly SwitchPlan[],
  minutes: number,
  custom: readonly SwitchCustomStep[],
): Rule[] {
  const customSeconds = custom.reduce((sum, step) => sum + (step.expected ?? step.timeout).toSeconds(), 0);
  const longest =
    Math.max(
      ...plans.map(({ steps }) =>
        steps
          .filter(({ phase }) => phase !== 'settle')
          .reduce((sum, { budgetSeconds }) => sum + budgetSeconds, 0),
      ),
    ) + customSeconds;
  return [
    wholeNumber('recoveryTimeObjective', minutes, 1, MOST_MINUTES),
    longest > minutes * 60 && {
      path: 'recoveryTimeObjective',
      received: `${minutes} min`,
      message: `the plan's own budget is ${longest} s${customSeconds > 0 ? `, ${customSeconds} s of them by customSteps` : ''}`,
      fix: 'promise a longer time, or shorten the budget of the topology',
    },
  ];
}
