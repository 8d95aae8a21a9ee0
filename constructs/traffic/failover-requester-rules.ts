import { type Duration, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { matching, type Rule } from '../validation';
import type { WatchedProps } from './failover-requester-props';
import { hostRules, regionRule } from './failover-rules';

/** Everything that makes automatic mode safe enough to turn on. Times in seconds. */
export function requesterRules(
  scope: Construct,
  props: WatchedProps,
  times: { readonly damping: Duration; readonly coolDown: Duration },
): Rule[] {
  const { region } = Stack.of(scope);
  return [
    matching('application', props.application, /^[a-z][a-z0-9-]{2,19}$/, 'use 3 to 20 lower-case characters'),
    regionRule('watchedRegion', props.watchedRegion),
    Token.isUnresolved(region)
      ? { path: 'stack.region', message: 'not known', fix: 'give the stack its Region: env: { region }' }
      : props.watchedRegion === region && {
          path: 'watchedRegion',
          received: region,
          message: 'the Region of this stack: a Region cannot report its own loss',
          fix: 'watch from the standby',
        },
    ...hostRules(props.host),
    props.registerConsistency !== 'strong' && {
      path: 'registerConsistency',
      received: props.registerConsistency,
      message: 'cannot fence a partition, so its moves are manual only',
      fix: "use a register of kind 'strong', or leave automatic mode off",
    },
    props.readinessUrl !== undefined &&
      matching(
        'readinessUrl',
        props.readinessUrl,
        /^https:\/\/[^/\s]+\/\S*$/,
        'use an address such as https://.../readyz',
      ),
    secondsRule('damping', times.damping, 60, 3600),
    secondsRule('coolDown', times.coolDown, 600, 86_400),
    ...signalRules('deepHealth', props.deepHealth, region),
    ...signalRules('outside', props.outside, region),
    ...independenceRules(props),
  ];
}

function secondsRule(path: string, value: Duration, least: number, most: number): Rule {
  const seconds = value.toSeconds();
  if (seconds >= least && seconds <= most) return undefined;
  const fix = `use ${least} to ${most} seconds`;
  return { path, received: `${seconds} s`, message: 'out of range', fix };
}

function signalRules(path: string, alarm: cloudwatch.IAlarm, region: string): Rule[] {
  const theirs = Stack.of(alarm).region;
  return [
    alarm.node.defaultChild instanceof cloudwatch.CfnCompositeAlarm && {
      path,
      received: 'a composite alarm',
      message: 'a signal is an alarm on a metric',
      fix: 'use an alarm on a metric',
    },
    !Token.isUnresolved(theirs) &&
      theirs !== region && {
        path,
        received: theirs,
        message: 'in another Region, which may be the lost one',
        fix: `use an alarm of ${region}`,
      },
  ];
}

/** Two signals are two when they look at different things, and silence counts for one of them alone. */
function independenceRules({ deepHealth, outside }: WatchedProps): Rule[] {
  const first = deepHealth.node.defaultChild;
  const second = outside.node.defaultChild;
  const known = (alarm: unknown) => (alarm instanceof cloudwatch.CfnAlarm ? alarm : undefined);
  return [
    (deepHealth === outside || sameMetric(known(first), known(second))) && {
      path: 'outside',
      received: outside.node.path,
      message: 'looks at the same metric as deepHealth: that is one signal',
      fix: 'use a probe from outside',
    },
    known(first) !== undefined &&
      known(first)?.treatMissingData !== 'breaching' && {
        path: 'deepHealth',
        received: known(first)?.treatMissingData ?? 'missing',
        message: 'a lost Region says nothing, and this alarm would not notice',
        fix: 'set treatMissingData: TreatMissingData.BREACHING',
      },
    known(second)?.treatMissingData === 'breaching' && {
      path: 'outside',
      received: 'breaching',
      message: 'a probe that is dead itself has seen nothing, and this alarm would call that an outage',
      fix: 'set treatMissingData: TreatMissingData.MISSING',
    },
  ];
}

function sameMetric(a: cloudwatch.CfnAlarm | undefined, b: cloudwatch.CfnAlarm | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const identity = (alarm: cloudwatch.CfnAlarm) =>
    JSON.stringify(
      Stack.of(alarm).resolve([alarm.namespace, alarm.metricName, alarm.dimensions, alarm.metrics]),
    );
  return identity(a) === identity(b);
}
