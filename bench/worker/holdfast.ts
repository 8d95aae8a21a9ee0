/** A queue's worker with Holdfast: batching, idempotency, structured logs. What it is measured for, it does at import. */
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../../lib/runtime/clock';
import { DynamoIdempotency } from '../../lib/runtime/idempotency/dynamo-idempotency';
import { idempotentMessages } from '../../lib/runtime/queue/idempotent-messages';
import { queueHandler } from '../../lib/runtime/queue/queue-handler';
import { jsonLogger } from '../../lib/runtime/telemetry/logger';

const client = new DynamoDBClient({ region: 'us-east-2' });
const write = (line: string) => process.stdout.write(`${line}\n`);
const logger = jsonLogger({ clock: systemClock, write, base: { service: 'orders' } });
const store = new DynamoIdempotency({ client, table: 'keys', clock: systemClock, makeToken: randomUUID });

export const handler = queueHandler({
  region: 'us-east-2',
  logger,
  work: idempotentMessages({
    store,
    scope: 'orders',
    effect: async ({ id }, effects) => {
      logger.info('order.worked', { id });
      effects.write({ Put: { TableName: 'orders', Item: { id: { S: id } } } });
      return { id };
    },
  }),
});
