import { sourceKind } from '../parts/workers';
import { NOT_APPLICABLE, present, type Rule } from '../rule';

/** A record that was given up is told somewhere. */
export const streamFailureDestination: Rule = {
  id: 'StreamFailureDestination',
  title: 'a mapping of a stream says where records go that were given up',
  why: 'without a destination a record that ran out of attempts is skipped, and nobody ever knows that it was',
  fix: 'set DestinationConfig.OnFailure.Destination to a queue, a topic or a bucket',
  source: 'aws-cdk #10486; AWS Lambda, error handling for Kinesis',
  types: ['AWS::Lambda::EventSourceMapping'],
  evaluate: (mapping, template) =>
    sourceKind(mapping, template) === 'stream'
      ? present(mapping, 'Properties.DestinationConfig.OnFailure.Destination')
      : NOT_APPLICABLE,
};
