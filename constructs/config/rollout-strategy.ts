import { Duration } from 'aws-cdk-lib';
import { assertRules, type Rule, wholeNumber } from '../validation';

/** How a configuration spreads over its readers. */
export interface RolloutStrategy {
  /** Name of the strategy in AppConfig. */
  readonly name: string;
  /** Share of the readers that each step adds, in percent, above 0 to 100. */
  readonly growthPercent: number;
  /**
   * Time over which the steps are spread, 0 to 24 hours, in whole minutes.
   */
  readonly duration: Duration;
  /** Time at 100 % during which an alarm still takes the configuration back, 0 to 24 hours, in whole minutes. */
  readonly bake: Duration;
  /**
   * Whether each step doubles what there is, or adds the same share.
   * @default 'linear'
   */
  readonly growth?: 'linear' | 'exponential';
}

/** The strategies there are by name. */
export const ROLLOUT_STRATEGIES = {
  /** A fifth of the readers every two minutes, then half an hour under watch: the bake that AWS Config asks for. */
  careful: {
    name: 'careful',
    growthPercent: 20,
    duration: Duration.minutes(10),
    bake: Duration.minutes(30),
  },
  /** One in a hundred first, doubled every few minutes for half an hour, then an hour under watch. */
  cautious: {
    name: 'cautious',
    growthPercent: 1,
    growth: 'exponential',
    duration: Duration.minutes(30),
    bake: Duration.minutes(60),
  },
  /** Everyone at once, then ten minutes under watch: for the change that ends an incident. */
  urgent: { name: 'urgent', growthPercent: 100, duration: Duration.minutes(0), bake: Duration.minutes(10) },
} as const satisfies Readonly<Record<string, RolloutStrategy>>;

/** Name of a strategy that comes with {@link ROLLOUT_STRATEGIES}. */
export type RolloutStrategyName = keyof typeof ROLLOUT_STRATEGIES;

const MINUTES_OF_A_DAY = 1440;

/**
 * The strategy of that name, or the given one after validation.
 *
 * @param construct class name and path, for the error
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function resolveStrategy(
  construct: string,
  strategy: RolloutStrategyName | RolloutStrategy = 'careful',
): RolloutStrategy {
  if (typeof strategy === 'object') {
    assertRules(construct, [
      !(strategy.growthPercent > 0 && strategy.growthPercent <= 100) && {
        path: 'strategy.growthPercent',
        received: strategy.growthPercent,
        message: 'not above 0 and at most 100',
        fix: 'use 100 for everyone at once',
      },
      wholeNumber('strategy.duration (minutes)', minutesOf(strategy.duration), 0, MINUTES_OF_A_DAY),
      wholeNumber('strategy.bake (minutes)', minutesOf(strategy.bake), 0, MINUTES_OF_A_DAY),
    ]);
    return strategy;
  }
  assertRules(construct, [unknownName(strategy)]);
  return ROLLOUT_STRATEGIES[strategy];
}

function unknownName(name: string): Rule {
  return (
    !(name in ROLLOUT_STRATEGIES) && {
      path: 'strategy',
      received: name,
      message: 'no such strategy',
      fix: `use one of ${Object.keys(ROLLOUT_STRATEGIES).join(', ')}, or describe your own`,
    }
  );
}

const minutesOf = (duration: Duration): number => duration.toMinutes({ integral: false });
