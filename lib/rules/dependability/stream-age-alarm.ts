import { functionOf, sourceKind } from '../parts/workers';
import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import type { Resource, Template } from '../template';
import { asList, isHidden, isObject, type Value, valueAt } from '../value';

/** What says how far a reader is behind, the dimension that says which, and where a resource has that name. */
const AGES = [
  { namespace: 'AWS/Lambda', metric: 'IteratorAge', dimension: 'FunctionName', name: 'FunctionName' },
  {
    namespace: 'AWS/Kinesis',
    metric: 'GetRecords.IteratorAgeMilliseconds',
    dimension: 'StreamName',
    name: 'Name',
  },
] as const;

/** Somebody is told when a reader of a stream falls behind. */
export const streamAgeAlarm: Rule = {
  id: 'StreamAgeAlarm',
  title: 'an alarm watches the age of what a mapping of a stream reads',
  why: 'a reader that falls behind fails nothing and grows no queue: records expire unread, and a standby takes over stale',
  fix: 'alarm on IteratorAge of the function, or on GetRecords.IteratorAgeMilliseconds of the stream, in the same template',
  source: 'AWS Lambda, CloudWatch metrics for functions (IteratorAge); Kinesis Data Streams, monitoring',
  types: ['AWS::Lambda::EventSourceMapping'],
  evaluate: (mapping, template) => {
    if (sourceKind(mapping, template) !== 'stream') return NOT_APPLICABLE;
    const reader = functionOf(mapping, template);
    const stream = template.follow(mapping.at('Properties.EventSourceArn'));
    const found = template
      .ofType('AWS::CloudWatch::Alarm')
      .flatMap(alarm => watchedBy(alarm))
      .map(({ dimension, name, value }) =>
        isNameOf(value, dimension === 'FunctionName' ? reader : stream, name, template),
      );
    if (found.includes(true)) return COMPLIANT;
    // A reader of another template has its alarm there, or its name is hidden in one of these.
    const hidden = found.includes(undefined) || (reader === undefined && stream === undefined);
    return hidden ? unknown('Properties.FunctionName') : broken('Properties.FunctionName');
  },
};

type Age = (typeof AGES)[number];

/** Names of the functions and streams whose age an alarm watches, by one metric or by an expression over several. */
function watchedBy(alarm: Resource): readonly (Age & { readonly value: Value })[] {
  const list = asList(alarm.at('Properties.Metrics')).map(entry => valueAt(entry, 'MetricStat.Metric'));
  const metrics: readonly Value[] = [alarm.at('Properties'), ...list];
  return metrics.flatMap(metric => {
    if (!isObject(metric)) return [];
    const age = AGES.find(each => metric.Namespace === each.namespace && metric.MetricName === each.metric);
    if (age === undefined) return [];
    return asList(metric.Dimensions).flatMap(entry =>
      isObject(entry) && entry.Name === age.dimension ? [{ ...age, value: entry.Value }] : [],
    );
  });
}

/** Whether a value names this resource; `undefined` where the template does not tell. */
function isNameOf(
  value: Value,
  resource: Resource | undefined,
  name: string,
  template: Template,
): boolean | undefined {
  const followed = template.follow(value);
  if (followed !== undefined) return followed.logicalId === resource?.logicalId;
  if (isHidden(value)) return undefined;
  return resource !== undefined && resource.at(`Properties.${name}`) === value;
}
