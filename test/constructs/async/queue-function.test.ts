import { Duration, type Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { QueueWorker } from '../../../constructs/async/queue-worker';
import type { QueueFunctionOptions, QueueWorkerProps } from '../../../constructs/async/queue-worker-props';
import { Register } from '../../../constructs/data/register';
import { stackIn } from '../stack';
import { someWork } from './work';

type Options = Partial<QueueFunctionOptions>;

function declare(stack: Stack, queue: Partial<QueueWorkerProps> = {}, options: Options = {}) {
  const ending = queue.fifo === true ? '.fifo' : '';
  const worker = new QueueWorker(stack, 'Work', {
    queueName: `orders${ending}`,
    deadLetterQueueName: `dead${ending}`,
    processingTime: Duration.seconds(30),
    ...queue,
  });
  return worker.addFunction({ ...someWork(), ...options });
}

describe('a function that works a queue', () => {
  const stack = stackIn();
  declare(stack, {}, { register: Register.fromTableName(stack, 'Register', 'orders-register') });
  const template = Template.fromStack(stack);

  test('is told of failures one by one, and takes no more than what stands behind it bears', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
      MaximumBatchingWindowInSeconds: Match.absent(),
    });
    template.hasResource('AWS::Lambda::EventSourceMapping', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('RoleDefaultPolicy')]),
    });
  });

  test('asks the register of its Region, and may read it', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 30,
      TracingConfig: { Mode: 'Active' },
      Environment: {
        Variables: {
          HOLDFAST_REGISTER_TABLE: 'orders-register',
          HOLDFAST_LEASE_SECONDS: '5',
          HOLDFAST_CONCURRENCY: '10',
          HOLDFAST_WORK_MODULE: '/opt/work.cjs',
        },
      },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'dynamodb:GetItem' })]) },
    });
  });

  test('has no managed policy, and none of its own policies is open but for traces', () => {
    template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
    const open = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.filter(({ Resource }: { Resource: unknown }) => Resource === '*'),
    );
    expect(open.map(({ Action }) => Action)).toEqual([['xray:PutTraceSegments', 'xray:PutTelemetryRecords']]);
  });
});

test('the timeout covers the messages that a batch works in a row', () => {
  const timeoutOf = (queue: Partial<QueueWorkerProps>, options: Options): unknown => {
    const stack = stackIn();
    declare(stack, { visibilityTimeout: Duration.hours(1), ...queue }, options);
    const [declared] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
    return declared?.Properties.Timeout;
  };
  expect(timeoutOf({}, { concurrency: 5 })).toBe(60);
  expect(timeoutOf({ fifo: true }, {})).toBe(30);
  expect(timeoutOf({ fifo: true }, { batchSize: 4 })).toBe(120);
});

test.each<[string, Partial<QueueWorkerProps>, Options, RegExp]>([
  [
    'BP-14: a visibility below the timeout of the function',
    { visibilityTimeout: Duration.seconds(60) },
    { timeout: Duration.seconds(300) },
    /timeout: longer than the visibility timeout of 60 s.*received 300; let the queue hide a message for 1800 s/,
  ],
  [
    'BP-15: a batching window on a FIFO queue',
    { fifo: true },
    { batchingWindow: Duration.seconds(5) },
    /batchingWindow: Lambda knows no batching window for a FIFO queue, received 5; leave it out/,
  ],
  [
    'BP-15: more than 10 messages of a FIFO queue',
    { fifo: true },
    { batchSize: 11 },
    /batchSize: .*1 to 10;?/,
  ],
  [
    'a large batch that nothing gathers',
    {},
    { batchSize: 11, timeout: Duration.seconds(30) },
    /to be gathered/,
  ],
  ['one invocation at a time', {}, { maximumConcurrency: 1 }, /maximumConcurrency: .*2 to 1000/],
  ['a window of half a second', {}, { batchingWindow: Duration.seconds(301) }, /batchingWindow \(seconds\)/],
  ['too many messages at a time', {}, { concurrency: 1001 }, /concurrency/],
  [
    'an invocation beyond 15 minutes',
    { visibilityTimeout: Duration.hours(2) },
    { timeout: Duration.hours(1) },
    /900/,
  ],
  ['a lease of ten minutes', {}, { lease: Duration.minutes(10) }, /lease \(seconds\)/],
  ['a memory of 64 MiB', {}, { memoryMiB: 64 }, /memoryMiB/],
])('refuses %s', (_case, queue, options, message) => {
  expect(() => declare(stackIn(), queue, options)).toThrow(message);
});

test('BP-14: warns below six times the timeout and the batching window, and not at them', () => {
  const warning = Match.stringLikeRegexp('below six times the function');
  const tight = stackIn();
  declare(tight, {}, { batchingWindow: Duration.seconds(10) });
  Annotations.fromStack(tight).hasWarning('*', warning);
  const roomy = stackIn();
  declare(roomy, { visibilityTimeout: Duration.seconds(190) }, { batchingWindow: Duration.seconds(10) });
  Annotations.fromStack(roomy).hasNoWarning('*', warning);
});

test('a handler of your own brings its work, and has no layer', () => {
  const stack = stackIn();
  const handlerCode = Code.fromInline('exports.handler = async () => ({ batchItemFailures: [] });');
  declare(stack, {}, { work: undefined, handlerCode, lease: Duration.seconds(10) });
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Layers: Match.absent(),
    Environment: { Variables: { HOLDFAST_LEASE_SECONDS: '10', HOLDFAST_WORK_MODULE: Match.absent() } },
  });
});

test('neither work nor a handler is refused', () => {
  expect(() => declare(stackIn(), {}, { work: undefined, handlerCode: undefined })).toThrow(
    /work: a function that does nothing/,
  );
});
