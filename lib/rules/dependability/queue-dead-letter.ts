import { isDeadLetterQueue } from '../parts/workers';
import { NOT_APPLICABLE, present, type Rule } from '../rule';

/** A message that cannot be worked ends somewhere. */
export const queueDeadLetter: Rule = {
  id: 'QueueDeadLetter',
  title: 'a queue has a dead-letter queue',
  why: 'a message that always fails is taken again and again until it expires: it holds up the others, and then it is gone',
  fix: 'set RedrivePolicy with deadLetterTargetArn and maxReceiveCount',
  source: 'Amazon SQS, using dead-letter queues',
  types: ['AWS::SQS::Queue'],
  evaluate: (queue, template) =>
    isDeadLetterQueue(queue, template) ? NOT_APPLICABLE : present(queue, 'Properties.RedrivePolicy'),
};
