import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { limited } from '../limit';

/** A message to send. */
export interface OutgoingMessage {
  /** Unique within one batch. */
  readonly id: string;
  readonly body: string;
  /** Message attributes of type String; none may be empty. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A message received; it comes again unless it is removed. */
export interface IncomingMessage {
  readonly messageId: string;
  readonly receipt: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** How often it was received, this time included. */
  readonly receiveCount: number;
}

/** A queue that delivers at least once and in no order. */
export interface Queue {
  /** Sends at most ten; returns the ids that the queue did not take. */
  send(messages: readonly OutgoingMessage[]): Promise<readonly string[]>;
  /** Waits for at most `most` messages, or ten. @param most 1 to 10, 10 where it is not given */
  receive(waitSeconds: number, signal: AbortSignal, most?: number): Promise<readonly IncomingMessage[]>;
  /** Removes at most ten for good. */
  remove(receipts: readonly string[]): Promise<void>;
  /** Hands at most ten back, so that they come again at once and not only when their time is up. */
  release(receipts: readonly string[]): Promise<void>;
  /** Keeps at most ten hidden for so long from now, in whole seconds; those that are in work. */
  extend(receipts: readonly string[], seconds: number): Promise<void>;
  /** Rejects when the queue does not answer. */
  check(): Promise<void>;
}

/** Where the queue is. */
export interface SqsQueueOptions {
  readonly region: string;
  readonly queueUrl: string;
  /** @default - the Region's own SQS endpoint */
  readonly endpointUrl?: string;
}

/** Most messages in one SQS call. */
export const QUEUE_BATCH = 10;

/** A standard SQS queue. The endpoint is never taken from the queue's URL. */
export function sqsQueue(options: SqsQueueOptions): Queue {
  const { queueUrl: QueueUrl } = options;
  const client = new SQSClient({
    region: options.region,
    endpoint: options.endpointUrl,
    useQueueUrlAsEndpoint: false,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1000 },
  });
  const hide = async (receipts: readonly string[], VisibilityTimeout: number) => {
    const Entries = toEntries(receipts).map(entry => ({ ...entry, VisibilityTimeout }));
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries });
    await limited(3000, abortSignal => client.send(command, { abortSignal }));
  };
  return {
    async send(messages) {
      const Entries = messages.map(message => ({
        Id: message.id,
        MessageBody: message.body,
        MessageAttributes: toAttributes(message.attributes),
      }));
      const command = new SendMessageBatchCommand({ QueueUrl, Entries });
      const { Failed = [] } = await limited(3000, abortSignal => client.send(command, { abortSignal }));
      return Failed.map(failed => failed.Id ?? '');
    },
    async receive(waitSeconds, signal, most = QUEUE_BATCH) {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: most,
        WaitTimeSeconds: waitSeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      });
      const { Messages = [] } = await limited(
        waitSeconds * 1000 + 3000,
        abortSignal => client.send(command, { abortSignal }),
        signal,
      );
      return Messages.map(fromSqs);
    },
    async remove(receipts) {
      const command = new DeleteMessageBatchCommand({ QueueUrl, Entries: toEntries(receipts) });
      await limited(3000, abortSignal => client.send(command, { abortSignal }));
    },
    release: receipts => hide(receipts, 0),
    extend: hide,
    async check() {
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
      await limited(2000, abortSignal => client.send(command, { abortSignal }));
    },
  };
}

interface SqsMessage {
  MessageId?: string;
  ReceiptHandle?: string;
  Body?: string;
  Attributes?: Partial<Record<string, string>>;
  MessageAttributes?: Record<string, { StringValue?: string }>;
}

function fromSqs(message: SqsMessage): IncomingMessage {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(
    ([name, value]) => [name, value.StringValue ?? ''] as const,
  );
  return {
    messageId: message.MessageId ?? '',
    receipt: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: Object.fromEntries(attributes),
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
  };
}

function toEntries(receipts: readonly string[]) {
  return receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
}

function toAttributes(attributes: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}
