/** The same worker with Powertools for AWS Lambda, as its guides show it. */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({ region: 'us-east-2' });
const logger = new Logger({ serviceName: 'orders' });
const processor = new BatchProcessor(EventType.SQS);
const config = new IdempotencyConfig({ eventKeyJmesPath: 'messageId' });
const persistenceStore = new DynamoDBPersistenceLayer({ tableName: 'keys', awsSdkV3Client: client });

const work = makeIdempotent(
  async ({ messageId: id }: { messageId: string }) => {
    logger.info('order.worked', { id });
    await client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id } } }));
    return { id };
  },
  { persistenceStore, config },
);

export const handler = async (event: unknown, context: never) => {
  config.registerLambdaContext(context);
  return processPartialResponse(event as never, work as never, processor, { context });
};
