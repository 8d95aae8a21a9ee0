import type { Resource, Template } from '../template';
import { isHidden, Reference, type Value } from '../value';

/** What an event source mapping reads from. */
export type SourceKind = 'queue' | 'stream' | 'other' | 'unknown';

/** Tells queues from streams: both are event source mappings, and need different care. */
export function sourceKind(mapping: Resource, template: Template): SourceKind {
  const arn = mapping.at('Properties.EventSourceArn');
  const type = template.follow(arn)?.type;
  if (type === 'AWS::SQS::Queue') return 'queue';
  if (type?.startsWith('AWS::Kinesis::') || type?.startsWith('AWS::DynamoDB::')) return 'stream';
  if (typeof arn === 'string')
    return /:sqs:/.test(arn) ? 'queue' : /:(kinesis|dynamodb):/.test(arn) ? 'stream' : 'other';
  if (arn === undefined || mapping.at('Properties.Topics') !== undefined) return 'other';
  // Streams alone have a place to start from, and must.
  return mapping.at('Properties.StartingPosition') === undefined ? 'unknown' : 'stream';
}

/** The function that a mapping calls, through its alias or version too. */
export function functionOf(mapping: Resource, template: Template): Resource | undefined {
  return functionAt(mapping.at('Properties.FunctionName'), template);
}

function functionAt(value: Value, template: Template): Resource | undefined {
  const found =
    template.follow(value) ?? template.named('AWS::Lambda::Function', value, 'Properties.FunctionName');
  if (found?.type === 'AWS::Lambda::Function') return found;
  const isQualified = found?.type === 'AWS::Lambda::Alias' || found?.type === 'AWS::Lambda::Version';
  return isQualified ? functionAt(found.at('Properties.FunctionName'), template) : undefined;
}

/** The mappings that read a queue of this template. */
export const mappingsOf = (queue: Resource, template: Template): readonly Resource[] =>
  template
    .referrersOf(queue)
    .filter(
      ({ resource, path }) =>
        resource.type === 'AWS::Lambda::EventSourceMapping' && path === 'Properties.EventSourceArn',
    )
    .map(({ resource }) => resource);

/** Whether a queue holds what others could not work, by what refers to it or by its name. */
export function isDeadLetterQueue(queue: Resource, template: Template): boolean {
  if (queue.at('Properties.RedriveAllowPolicy') !== undefined) return true;
  const target = /deadLetterTargetArn|DeadLetterConfig|DeadLetterQueue|OnFailure|Dlq|DeadLetterArn/i;
  if (template.referrersOf(queue).some(({ path }) => target.test(path))) return true;
  const name = queue.at('Properties.QueueName');
  return /dead|dlq/i.test(`${queue.logicalId} ${typeof name === 'string' ? name : ''}`);
}

/** A value that CloudFormation fills in when it is absent; hidden values stay hidden. */
export const orDefault = (value: Value, otherwise: number): Value =>
  value === undefined ? otherwise : value;

/** Whether a value is an ARN that only its reference tells, or hidden altogether. */
export const isElsewhere = (value: Value): boolean => isHidden(value) && !(value instanceof Reference);
