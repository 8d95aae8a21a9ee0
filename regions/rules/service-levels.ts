import type { Problem } from '../../lib/errors';
import type { Draft, DraftServiceLevel } from '../draft';
import { OUTSIDE_LEVEL } from '../service-levels';

/** CloudWatch allows 20 service levels room on one dashboard, and a person can keep fewer in mind. */
const MOST = 20;

/** Each journey once, and each kind with the values that it is judged by and no others. */
export function serviceLevelProblems({ serviceLevels }: Draft): readonly Problem[] {
  return [
    ...(serviceLevels.length > MOST
      ? [
          {
            path: 'serviceLevels',
            received: serviceLevels.length,
            message: `are more than ${MOST}`,
            fix: 'keep those that somebody would get up for',
          },
        ]
      : []),
    ...serviceLevels.flatMap((level, index) => [
      ...nameProblems(serviceLevels, level, index),
      ...valueProblems(level, `serviceLevels[${index}]`),
    ]),
  ];
}

function nameProblems(
  all: readonly DraftServiceLevel[],
  { name }: DraftServiceLevel,
  index: number,
): readonly Problem[] {
  const earlier = all.findIndex(other => other.name === name);
  if (name === OUTSIDE_LEVEL) {
    const message = 'is the name of what canaries see';
    return [{ path: `serviceLevels[${index}].name`, received: name, message, fix: 'give it another name' }];
  }
  if (name === undefined || earlier === index) return [];
  const message = `is serviceLevels[${earlier}] already`;
  return [{ path: `serviceLevels[${index}].name`, received: name, message, fix: 'name each once' }];
}

type Value = 'route' | 'thresholdMilliseconds' | 'thresholdSeconds';
/** What each kind may carry, and whether it must. */
const VALUES: Readonly<Record<string, Readonly<Partial<Record<Value, 'may' | 'must'>>>>> = {
  availability: { route: 'may' },
  latency: { route: 'may', thresholdMilliseconds: 'must' },
  freshness: { thresholdSeconds: 'must' },
  durability: { thresholdSeconds: 'may' },
};

function valueProblems(level: DraftServiceLevel, path: string): readonly Problem[] {
  const values = VALUES[level.kind ?? ''];
  if (values === undefined) return [];
  return (['route', 'thresholdMilliseconds', 'thresholdSeconds'] as const).flatMap(name => {
    const received = level[name];
    if (received === undefined && values[name] === 'must')
      return [
        { path: `${path}.${name}`, message: `is missing, and ${level.kind} is judged by it`, fix: 'name it' },
      ];
    if (received !== undefined && values[name] === undefined)
      return [
        { path: `${path}.${name}`, received, message: `says nothing of ${level.kind}`, fix: 'remove it' },
      ];
    return [];
  });
}
