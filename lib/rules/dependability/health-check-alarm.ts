import { CONFIG, HEALTH_CHECK, kindOf } from '../parts/health-checks';
import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import type { Resource } from '../template';
import { asNumber, isHidden } from '../value';

const SHORTEST_PERIOD_SECONDS = 60;

/** A metric check stands on an alarm that Route 53 can follow. */
export const healthCheckAlarm: Rule = {
  id: 'HealthCheckAlarm',
  title: 'a metric health check stands on an alarm of standard resolution with a basic statistic',
  why: 'Route 53 follows the metric and not the alarm: percentiles, metric math and periods below a minute are refused',
  fix: 'use Average, Minimum, Maximum, Sum or SampleCount of one metric over 60 s or more',
  source: 'Route 53, API_AlarmIdentifier; monitoring a CloudWatch alarm',
  types: [HEALTH_CHECK],
  evaluate: (check, template) => {
    if (kindOf(check) !== 'CLOUDWATCH_METRIC') return NOT_APPLICABLE;
    const path = `${CONFIG}.AlarmIdentifier.Name`;
    const alarm = template.named('AWS::CloudWatch::Alarm', check.at(path), 'Properties.AlarmName');
    if (alarm === undefined) return check.at(path) === undefined ? broken(path) : unknown(path);
    const refused = ['ExtendedStatistic', 'Metrics'].some(
      name => alarm.at(`Properties.${name}`) !== undefined,
    );
    if (refused || hasShortPeriod(alarm)) return broken(path);
    return isHidden(alarm.at('Properties.Period')) ? unknown(path) : COMPLIANT;
  },
};

const hasShortPeriod = (alarm: Resource): boolean =>
  asNumber(alarm.at('Properties.Period')) < SHORTEST_PERIOD_SECONDS;
