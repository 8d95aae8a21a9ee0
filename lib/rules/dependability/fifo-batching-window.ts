import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import { asNumber, isHidden, isTrue } from '../value';

const PATH = 'Properties.MaximumBatchingWindowInSeconds';

/** A FIFO queue is read without a batching window. */
export const fifoBatchingWindow: Rule = {
  id: 'FifoBatchingWindow',
  title: 'a mapping of a FIFO queue has no batching window',
  why: 'Lambda refuses a window for FIFO queues, at deploy and not before',
  fix: 'remove MaximumBatchingWindowInSeconds from the mapping',
  source: 'AWS Lambda, using Lambda with Amazon SQS; aws-lambda-dotnet PR 1758',
  types: ['AWS::Lambda::EventSourceMapping'],
  evaluate: (mapping, template) => {
    const source = mapping.at('Properties.EventSourceArn');
    const fifo =
      typeof source === 'string'
        ? source.endsWith('.fifo')
        : template.follow(source)?.at('Properties.FifoQueue');
    const window = mapping.at(PATH);
    if (window === undefined || fifo === undefined || fifo === false || fifo === 'false')
      return NOT_APPLICABLE;
    if (isHidden(window)) return unknown(PATH);
    if (!(asNumber(window) > 0)) return COMPLIANT;
    return isTrue(fifo) ? broken(PATH) : unknown(PATH);
  },
};
