import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { assertRules } from '../validation';
import { HealthBeacon } from './failover-beacon';
import { declareRequesterFunction } from './failover-requester-function';
import type { FailoverRequesterProps } from './failover-requester-props';
import { requesterRules } from './failover-requester-rules';

/** How often the controller looks. */
const LOOK = Duration.minutes(1);

/**
 * Automatic mode, off unless it is declared: a controller in the **standby** Region that looks every minute and asks
 * for a failover when two independent signals have been bad for the damping time, the register still names the watched
 * Region active, no drill is running, this Region is ready and the last move is long enough ago.
 *
 * It asks and does no more: it writes a request beside the register and keeps an alarm up while the request is open.
 * It turns no DNS and fences nobody, since who fences must also promote. Let the alarm page a person, or start what
 * runs the plan ({@link FailoverRequester.onRequested}); the request names the epoch for which it holds.
 */
export class FailoverRequester extends Construct {
  readonly function: lambda.Function;
  /** In alarm while a request is open: page a person. */
  readonly requestedAlarm: cloudwatch.Alarm;
  /** In alarm while the controller does not look: automatic mode is off then, and somebody should know. */
  readonly silentAlarm: cloudwatch.Alarm;
  private readonly dimensionsMap: Readonly<Record<string, string>>;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, given: FailoverRequesterProps) {
    super(scope, id);
    const { application, watchedRegion } = given;
    const props = {
      ...given,
      deepHealth: given.deepHealth ?? HealthBeacon.alarmOn(this, 'DeepHealth', application, watchedRegion),
    };
    const times = {
      damping: props.damping ?? Duration.minutes(5),
      coolDown: props.coolDown ?? Duration.hours(1),
    };
    assertRules(`FailoverRequester ${this.node.path}`, requesterRules(this, props, times));
    this.dimensionsMap = { Application: props.application, WatchedRegion: props.watchedRegion };
    this.function = declareRequesterFunction(this, props, times);
    new events.Rule(this, 'Look', {
      description: `Looks at ${props.watchedRegion} every minute; disable it to turn automatic mode off`,
      schedule: events.Schedule.rate(LOOK),
      // The next look comes in a minute and knows more.
      targets: [new LambdaFunction(this.function, { retryAttempts: 0, maxEventAge: LOOK })],
    });
    this.requestedAlarm = this.metricRequested().createAlarm(this, 'Requested', {
      alarmDescription: `A failover of ${props.application} from ${props.watchedRegion} is asked for: read the request, then run the plan or let it pass`,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    this.silentAlarm = this.metricConsidered().createAlarm(this, 'Silent', {
      alarmDescription: `Nobody watches ${props.watchedRegion} for ${props.application}: automatic mode is off`,
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 5,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
  }

  /** 1 while a request is open, by the minute; maximum. */
  metricRequested(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('FailoverRequested', props);
  }

  /** Looks of the controller, by the minute; maximum. */
  metricConsidered(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('FailoverConsidered', props);
  }

  /**
   * Starts something when a request is made, such as the state machine that runs the drill's plan. It must read the
   * request and fence on that epoch alone: then a request that came too late does no harm.
   */
  onRequested(id: string, target: events.IRuleTarget): events.Rule {
    return new events.Rule(this, id, {
      description: 'A failover is asked for',
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        resources: [this.requestedAlarm.alarmArn],
        detail: { state: { value: ['ALARM'] } },
      },
      targets: [target],
    });
  }

  private metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'Holdfast',
      metricName,
      dimensionsMap: { ...this.dimensionsMap },
      statistic: cloudwatch.Stats.MAXIMUM,
      period: LOOK,
      ...props,
    }).attachTo(this);
  }
}
