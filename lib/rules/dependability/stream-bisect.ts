import { sourceKind } from '../parts/workers';
import { NOT_APPLICABLE, type Rule, whether } from '../rule';
import { isTrue } from '../value';

/** A bad record is told from its batch. */
export const streamBisect: Rule = {
  id: 'StreamBisect',
  title: 'a mapping of a stream splits a batch that fails',
  why: 'without splitting the whole batch is tried again and given up together, the good records with the bad one',
  fix: 'set BisectBatchOnFunctionError to true',
  source: 'aws-cdk #10486; AWS Lambda, error handling for Kinesis',
  types: ['AWS::Lambda::EventSourceMapping'],
  evaluate: (mapping, template) =>
    sourceKind(mapping, template) === 'stream'
      ? whether(mapping, 'Properties.BisectBatchOnFunctionError', isTrue)
      : NOT_APPLICABLE,
};
