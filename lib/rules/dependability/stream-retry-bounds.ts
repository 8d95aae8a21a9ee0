import { sourceKind } from '../parts/workers';
import { gravest, NOT_APPLICABLE, type Rule, whether } from '../rule';
import { asNumber } from '../value';

/** A stream worker gives up on a record in the end. */
export const streamRetryBounds: Rule = {
  id: 'StreamRetryBounds',
  title: 'a mapping of a stream bounds the attempts and the age of a record',
  why: 'both are unlimited by default: one record that always fails blocks its shard until it expires, for a day or a week',
  fix: 'set MaximumRetryAttempts and MaximumRecordAgeInSeconds',
  source: 'aws-cdk #10486, #5236; AWS Lambda, error handling for Kinesis',
  types: ['AWS::Lambda::EventSourceMapping'],
  evaluate: (mapping, template) =>
    sourceKind(mapping, template) === 'stream'
      ? gravest([
          whether(mapping, 'Properties.MaximumRetryAttempts', value => asNumber(value) >= 0),
          whether(mapping, 'Properties.MaximumRecordAgeInSeconds', value => asNumber(value) >= 60),
        ])
      : NOT_APPLICABLE,
};
