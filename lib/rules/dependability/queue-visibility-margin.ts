import { functionOf, mappingsOf, orDefault } from '../parts/workers';
import { broken, COMPLIANT, gravest, type Judgement, NOT_APPLICABLE, type Rule } from '../rule';
import type { Resource, Template } from '../template';
import { asNumber } from '../value';

const VISIBILITY = 'Properties.VisibilityTimeout';
const TIMES = 6;

/** A throttled batch gets its tries before it is seen again. */
export const queueVisibilityMargin: Rule = {
  id: 'QueueVisibilityMargin',
  title: 'a queue hides a message for six times the timeout of its function, plus the batching window',
  why: 'Lambda tries a throttled batch again within the visibility timeout; with less room messages are worked twice when it is busiest',
  fix: 'set VisibilityTimeout to six times the timeout of the function plus MaximumBatchingWindowInSeconds',
  source: 'AWS Lambda, configuring an SQS queue; cdk-nag #1798',
  types: ['AWS::SQS::Queue'],
  evaluate: (queue, template) =>
    gravest(mappingsOf(queue, template).map(mapping => judge(queue, mapping, template))),
};

/** What is hidden, or below the timeout itself, is told by the rule QueueVisibility. */
function judge(queue: Resource, mapping: Resource, template: Template): Judgement {
  const visibility = asNumber(orDefault(queue.at(VISIBILITY), 30));
  const timeout = asNumber(orDefault(functionOf(mapping, template)?.at('Properties.Timeout'), 3));
  const window = asNumber(orDefault(mapping.at('Properties.MaximumBatchingWindowInSeconds'), 0));
  if (functionOf(mapping, template) === undefined || !(visibility >= timeout)) return NOT_APPLICABLE;
  return visibility >= TIMES * timeout + (Number.isNaN(window) ? 0 : window) ? COMPLIANT : broken(VISIBILITY);
}
