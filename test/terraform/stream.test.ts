import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Stream, StreamEncryption } from 'aws-cdk-lib/aws-kinesis';
import { StreamSources } from '../../constructs/async/stream-source';
import { StreamWorker } from '../../constructs/async/stream-worker';
import { type Template as Synthesized, translateRegion } from '../../lib/terraform';
import { toJson } from '../../lib/terraform/term';
import { someWork } from '../constructs/async/work';
import { stackIn } from '../constructs/stack';
import { type Body, misfits } from '../helpers/terraform/check';

test('a stream and its worker, which the blueprint does not have, are said in Terraform as well', () => {
  const stack = stackIn();
  stack.node.setContext('aws:cdk:enable-path-metadata', true);
  const source = StreamSources.kinesis(new Stream(stack, 'Stream', { encryption: StreamEncryption.MANAGED }));
  new StreamWorker(stack, 'Worker', { source, processingTime: Duration.seconds(30), ...someWork() });
  const template = Template.fromStack(stack).toJSON() as Synthesized;
  const resources = Object.entries(template.Resources).map(([id, resource]) => {
    const place = resource.Metadata?.['aws:cdk:path'] ?? `${stack.node.path}/${id}`;
    return [id, { ...resource, Metadata: { 'aws:cdk:path': `us-east-2/${String(place)}` } }] as const;
  });
  const { blocks } = translateRegion({
    region: 'us-east-2',
    account: '000000000000',
    application: 'orders',
    stacks: [
      { layer: 'streams', template: { ...template, Resources: Object.fromEntries(resources) }, assets: [] },
    ],
  });
  const wrong = blocks.flatMap(({ kind, type, name, arguments: args }) =>
    kind === 'ephemeral' ? [] : misfits(kind, type, name, toJson(args) as Body),
  );
  expect(wrong).toEqual([]);
  const mapping = blocks.find(({ type }) => type === 'aws_lambda_event_source_mapping');
  expect(toJson(mapping?.arguments ?? {})).toMatchObject({
    bisect_batch_on_function_error: true,
    maximum_retry_attempts: 10,
    function_response_types: ['ReportBatchItemFailures'],
    destination_config: { on_failure: { destination_arn: expect.stringContaining('aws_sqs_queue.') } },
    event_source_arn: expect.stringContaining('aws_kinesis_stream.'),
  });
});
