import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { OutgoingMessage } from '../runtime/queue/queue';

/** What a queue says of itself; each figure is approximate, as SQS has it. */
export interface QueueCounts {
  /** Ready to be received. */
  readonly waiting: number;
  /** Received and not removed yet. */
  readonly inWork: number;
  readonly delayed: number;
}

/** A message as an operator sees it. */
export interface SeenMessage {
  readonly messageId: string;
  readonly receipt: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** How often it was received, this time included. */
  readonly receiveCount: number;
  readonly sentAt: Date;
}

/** A queue, as a person works with it. */
export interface OperatorQueue {
  /** Its URL. Rejects where there is no such queue. */
  url(): Promise<string>;
  counts(): Promise<QueueCounts>;
  /** At most ten messages, hidden from everybody else for so long, in whole seconds. */
  receive(visibilitySeconds: number): Promise<readonly SeenMessage[]>;
  /** Sends one. Rejects when it is not known to be taken. */
  send(message: OutgoingMessage): Promise<void>;
  /** Removes at most ten for good. Rejects unless all are removed. */
  remove(receipts: readonly string[]): Promise<void>;
  /** Hands at most ten back at once. */
  release(receipts: readonly string[]): Promise<void>;
}

/** Where a queue is. A lab differs from an account in endpoint and credentials alone. */
export interface OperatorQueueOptions {
  readonly region: string;
  readonly name: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A standard SQS queue by its name. */
export function operatorQueue(options: OperatorQueueOptions): OperatorQueue & { close(): void } {
  const { region, name, endpoint, credentials } = options;
  const client = new SQSClient({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    useQueueUrlAsEndpoint: false,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 5000 },
  });
  let found: Promise<string> | undefined;
  const url = () => {
    found ??= client.send(new GetQueueUrlCommand({ QueueName: name })).then(({ QueueUrl = '' }) => QueueUrl);
    return found;
  };
  return {
    url,
    counts: async () => countsOf(client, await url()),
    receive: async visibilitySeconds => receive(client, await url(), visibilitySeconds),
    async send({ id: Id, body: MessageBody, attributes }) {
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributes).map(([key, StringValue]) => [key, { DataType: 'String', StringValue }]),
      );
      const Entries = [{ Id, MessageBody, MessageAttributes }];
      requireAll(await client.send(new SendMessageBatchCommand({ QueueUrl: await url(), Entries })));
    },
    async remove(receipts) {
      const Entries = toEntries(receipts);
      requireAll(await client.send(new DeleteMessageBatchCommand({ QueueUrl: await url(), Entries })));
    },
    async release(receipts) {
      const Entries = toEntries(receipts).map(entry => ({ ...entry, VisibilityTimeout: 0 }));
      await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: await url(), Entries }));
    },
    close: () => client.destroy(),
  };
}

async function countsOf(client: SQSClient, QueueUrl: string): Promise<QueueCounts> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inWork: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

async function receive(
  client: SQSClient,
  QueueUrl: string,
  VisibilityTimeout: number,
): Promise<readonly SeenMessage[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout,
      // Without a wait SQS asks only some of its servers, and an empty answer would prove nothing.
      WaitTimeSeconds: 1,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
    }),
  );
  return Messages.map(message => ({
    messageId: message.MessageId ?? '',
    receipt: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([key, value]) => [key, value.StringValue ?? '']),
    ),
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: new Date(Number(message.Attributes?.SentTimestamp ?? 0)),
  }));
}

const toEntries = (receipts: readonly string[]) =>
  receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));

function requireAll({ Failed }: { Failed?: readonly { Message?: string; Code?: string }[] }): void {
  const failed = Failed?.[0];
  if (failed !== undefined) throw new Error(`SQS refused: ${failed.Message ?? failed.Code ?? 'no reason'}`);
}
