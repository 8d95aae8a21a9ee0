import { broken, COMPLIANT, type Judgement, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import type { Resource, Template } from '../template';
import { isHidden, isTrue, type Value } from '../value';

const PATH = 'Properties.RedrivePolicy.deadLetterTargetArn';

/** A queue and its dead-letter queue are of one kind. */
export const queueDeadLetterKind: Rule = {
  id: 'QueueDeadLetterKind',
  title: 'the dead-letter queue of a FIFO queue is FIFO, that of a standard queue is standard',
  why: 'SQS refuses any other pair, at deploy and not before',
  fix: 'set FifoQueue on both queues or on neither',
  source: 'Amazon SQS, dead-letter queues; aws-cdk E3502 (a warning only)',
  types: ['AWS::SQS::Queue'],
  evaluate: (queue, template) => {
    const target = queue.at(PATH);
    if (target === undefined) return NOT_APPLICABLE;
    const own = queue.at('Properties.FifoQueue');
    const other = fifoOf(target, template);
    if (isHidden(own)) return unknown('Properties.FifoQueue');
    return other === undefined ? unknown(PATH) : sameKind(isTrue(own), other);
  },
};

const sameKind = (own: boolean, other: boolean): Judgement => (own === other ? COMPLIANT : broken(PATH));

/** Whether the queue that an ARN names is FIFO; `undefined` when the template does not tell. */
function fifoOf(target: Value, template: Template): boolean | undefined {
  if (typeof target === 'string') return target.endsWith('.fifo');
  const queue: Resource | undefined = template.follow(target);
  const fifo = queue?.at('Properties.FifoQueue');
  return queue === undefined || isHidden(fifo) ? undefined : isTrue(fifo);
}
