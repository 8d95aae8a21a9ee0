import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarm,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { serviceLevelAlarmName } from '../../lib/naming';
import { BURN_RATES, type BurnRate, burnFactor, burnThreshold, errorBudget } from '../../regions';
import { assertRules, matching, wholeNumber } from '../validation';
import type { ServiceIndicator } from './service-indicator';

/** What was promised of a journey, and how it is read. */
export interface ServiceLevelOptions {
  /** Share that is good, from 0.95 to 0.99999. */
  readonly target: number;
  /** Length of the rolling window of the error budget, 7 to 30 days. @default 30 */
  readonly windowDays?: number;
  /** How the share of what is bad is read. */
  readonly indicator: ServiceIndicator;
  /**
   * Bad events in the long window below which nobody is told, so that one error of a quiet night wakes nobody. Indicators
   * of values ignore it.
   * @default 5
   */
  readonly minimumBadEvents?: number;
  /**
   * What no data means. `notBreaching`: nothing happened, so nothing was bad, as of requests. `missing`: nobody knows,
   * and the alarm says so, as of values that are always told.
   * @default 'notBreaching'
   */
  readonly noData?: 'notBreaching' | 'missing';
  /** Where a person who is told begins: a step of a runbook, as a path or an address. @default - the alarms' own words */
  readonly runbook?: string;
}

/** Properties of {@link ServiceLevel}. */
export interface ServiceLevelProps extends ServiceLevelOptions {
  /** Prefix of the alarms' names. */
  readonly application: string;
  /** Name of the journey: lower case letters, digits and hyphens, 2 to 32. */
  readonly levelName: string;
  /** What a page does: somebody gets up. @default - nothing */
  readonly pageAction?: IAlarmAction;
  /** What a ticket does: somebody looks on the next working day. @default - the page's action */
  readonly ticketAction?: IAlarmAction;
}

/**
 * A promise to users and the alarms that keep it: for each speed at which the error budget may burn, a long window that
 * says that it matters and a short one that says that it still goes on; both together tell somebody. Budget, factors and
 * detection times are those of `regions/service-levels.ts`.
 *
 * A Region watches what it serves itself. What it serves while it is lost is watched by a {@link Canary} of another.
 */
export class ServiceLevel extends Construct {
  /** The alarms that tell somebody, by speed of burning: `fast` and `slow` page, `leak` opens a ticket. */
  readonly alarms: Readonly<Record<BurnRate['name'], IAlarm>>;
  private readonly props: ServiceLevelProps;

  constructor(scope: Construct, id: string, props: ServiceLevelProps) {
    super(scope, id);
    validate(this.node.path, props);
    this.props = props;
    const alarms = BURN_RATES.map(rate => [rate.name, this.addRate(rate)] as const);
    this.alarms = Object.fromEntries(alarms) as Record<BurnRate['name'], IAlarm>;
  }

  /** Share of what was bad, 0 to 1. @param window @default - 5 minutes */
  metricBadShare(window: Duration = Duration.minutes(5)): IMetric {
    return this.props.indicator.badShare(window, 1);
  }

  private addRate(rate: BurnRate): IAlarm {
    const {
      application,
      levelName,
      minimumBadEvents = 5,
      pageAction,
      ticketAction = pageAction,
    } = this.props;
    const long = this.addWindow(rate, 'long', rate.longMinutes, minimumBadEvents);
    const short = this.addWindow(rate, 'short', rate.shortMinutes, 1);
    const both = new CompositeAlarm(this, rate.name, {
      compositeAlarmName: serviceLevelAlarmName(application, levelName, rate.name),
      alarmDescription: this.describe(rate),
      alarmRule: AlarmRule.allOf(
        AlarmRule.fromAlarm(long, AlarmState.ALARM),
        AlarmRule.fromAlarm(short, AlarmState.ALARM),
      ),
    });
    const action = rate.severity === 'page' ? pageAction : ticketAction;
    if (action !== undefined) both.addAlarmAction(action);
    return both;
  }

  private addWindow(rate: BurnRate, window: 'long' | 'short', minutes: number, minimumBad: number): Alarm {
    const { application, levelName, indicator, noData } = this.props;
    return new Alarm(this, `${rate.name}-${window}`, {
      alarmName: `${serviceLevelAlarmName(application, levelName, rate.name)}-${window}`,
      alarmDescription: `Half of an alarm: tells nobody by itself (${minutes} minutes)`,
      metric: indicator.badShare(Duration.minutes(minutes), minimumBad),
      threshold: burnThreshold(rate, this.props),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: noData === 'missing' ? TreatMissingData.MISSING : TreatMissingData.NOT_BREACHING,
    });
  }

  private describe(rate: BurnRate): string {
    const { levelName, target, runbook } = this.props;
    const factor = burnFactor(rate, this.props);
    const share = `${Number((errorBudget(this.props) * 100).toPrecision(3))} %`;
    return [
      `${levelName} burns its error budget of ${share} ${Number(factor.toFixed(1))} times too fast for ${target} to hold`,
      ...(runbook === undefined ? [] : [runbook]),
    ].join('; ');
  }
}

function validate(path: string, props: ServiceLevelProps): void {
  const { target, windowDays = 30, minimumBadEvents = 5 } = props;
  assertRules(`ServiceLevel ${path}`, [
    !(target >= 0.95 && target <= 0.99999) && {
      path: 'target',
      received: target,
      message: 'not a share that alarms can keep',
      fix: 'use a share from 0.95 to 0.99999, such as 0.999',
    },
    wholeNumber('windowDays', windowDays, 7, 30),
    wholeNumber('minimumBadEvents', minimumBadEvents, 1, 1_000_000),
    matching(
      'levelName',
      props.levelName,
      /^(?=.{2,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
      'use lower case letters, digits and single hyphens, such as place-order',
    ),
  ]);
}
