import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { deadLetterQueueName, queueName } from '../naming';
import type { QueueDepth, QueueDepths } from '../ports';
import { ask, type Connection } from './clients';

/** What lies in the two queues of a Region, as SQS counts it: approximately. */
export async function queueDepths(
  connection: Connection,
  scope: string,
  region: string,
): Promise<QueueDepths> {
  const client = connection.client(SQSClient, region);
  const [work, dead] = await Promise.all(
    [queueName(scope), deadLetterQueueName(scope)].map(name => depth(client, region, name)),
  );
  return { work: work as QueueDepth, dead: dead as QueueDepth };
}

function depth(client: SQSClient, region: string, name: string): Promise<QueueDepth> {
  return ask(`counting ${name} in ${region}`, async () => {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
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
  });
}
