import { functionOf, mappingsOf, orDefault, sourceKind } from '../parts/workers';
import { broken, COMPLIANT, gravest, type Judgement, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import type { Resource, Template } from '../template';
import { asNumber, isHidden } from '../value';

/** Seconds that SQS hides a message, and that Lambda lets a function run, when nothing is said. */
const DEFAULTS = { visibility: 30, timeout: 3 };
const VISIBILITY = 'Properties.VisibilityTimeout';

/** A message stays hidden while it is worked. */
export const queueVisibility: Rule = {
  id: 'QueueVisibility',
  title: 'a queue hides a message at least as long as the function that works it may run',
  why: 'a shorter time hands the message to a second worker while the first still works it; SQS and Lambda refuse it at deploy',
  fix: 'set VisibilityTimeout to six times the timeout of the function',
  source:
    'AWS Lambda, configuring an SQS queue; terraform-aws-github-runner #5383; aws-cdk E3505 (a warning only)',
  types: ['AWS::SQS::Queue', 'AWS::Lambda::EventSourceMapping'],
  evaluate: (resource, template) => {
    if (resource.type === 'AWS::SQS::Queue') {
      return gravest(mappingsOf(resource, template).map(mapping => judge(resource, mapping, template)));
    }
    // A queue of this template is judged there; of any other the mapping alone does not tell.
    const isElsewhere = template.follow(resource.at('Properties.EventSourceArn'))?.type !== 'AWS::SQS::Queue';
    return isElsewhere && sourceKind(resource, template) === 'queue'
      ? unknown('Properties.EventSourceArn')
      : NOT_APPLICABLE;
  },
};

function judge(queue: Resource, mapping: Resource, template: Template): Judgement {
  const worker = functionOf(mapping, template);
  const visibility = orDefault(queue.at(VISIBILITY), DEFAULTS.visibility);
  if (worker === undefined || isHidden(visibility)) return unknown(VISIBILITY);
  const timeout = orDefault(worker.at('Properties.Timeout'), DEFAULTS.timeout);
  if (isHidden(timeout)) return unknown(VISIBILITY);
  return asNumber(visibility) >= asNumber(timeout) ? COMPLIANT : broken(VISIBILITY);
}
