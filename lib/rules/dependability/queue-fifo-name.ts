import { NOT_APPLICABLE, type Rule, unknown, whether } from '../rule';
import { isHidden, isTrue } from '../value';

/** The name of a FIFO queue says so. */
export const queueFifoName: Rule = {
  id: 'QueueFifoName',
  title: 'the name of a FIFO queue ends with .fifo, and no other name does',
  why: 'SQS refuses the queue, at deploy and not before',
  fix: 'end QueueName with .fifo, or leave it out',
  source: 'AWS::SQS::Queue, QueueName; aws-lambda-dotnet PR 1758',
  types: ['AWS::SQS::Queue'],
  evaluate: queue => {
    if (queue.at('Properties.QueueName') === undefined) return NOT_APPLICABLE;
    const fifo = queue.at('Properties.FifoQueue');
    if (isHidden(fifo)) return unknown('Properties.FifoQueue');
    return whether(
      queue,
      'Properties.QueueName',
      name => typeof name === 'string' && name.endsWith('.fifo') === isTrue(fifo),
    );
  },
};
