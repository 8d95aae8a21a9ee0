import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, type IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { systemClock } from '../../lib/runtime/clock';
import { MemoryIdempotency } from '../../lib/runtime/idempotency/memory-idempotency';
import { idempotentMessages } from '../../lib/runtime/queue/idempotent-messages';
import type { WorkMessage } from '../../lib/runtime/queue/work-batch';
import { silentLogger } from '../../lib/runtime/telemetry/logger';

/** Powertools' records in a map, by the least that its contract asks for. */
class MapPersistence extends BasePersistenceLayer {
  private readonly records = new Map<string, IdempotencyRecord>();

  protected async _putRecord(record: IdempotencyRecord): Promise<void> {
    this.records.set(record.idempotencyKey, record);
  }

  protected async _getRecord(key: string): Promise<IdempotencyRecord> {
    return this.records.get(key) as IdempotencyRecord;
  }

  protected async _updateRecord(record: IdempotencyRecord): Promise<void> {
    this.records.set(record.idempotencyKey, record);
  }

  protected async _deleteRecord(record: IdempotencyRecord): Promise<void> {
    this.records.delete(record.idempotencyKey);
  }
}

/** Works one message, new each time, and counts the effect. */
export type WorkOne = (number: number) => Promise<void>;

const bodyOf = (number: number) => ({ orderId: `order-${number}`, item: 'nut', quantity: 3, epoch: 7 });

/** Holdfast's idempotent work on a store in memory. */
export function holdfastWork(count: () => void): WorkOne {
  const store = new MemoryIdempotency(systemClock);
  const work = idempotentMessages({
    store,
    scope: 'orders',
    effect: async ({ id }, effects) => {
      effects.add(count);
      return { id };
    },
  });
  const context = { region: 'us-east-2', logger: silentLogger };
  return number => {
    const message: WorkMessage = { id: `m${number}`, body: bodyOf(number), attributes: {}, receiveCount: 1 };
    return work(message, context);
  };
}

/** Powertools' idempotent function on a store in memory; `checked` also hashes the payload, as Holdfast always does. */
export function powertoolsWork(count: () => void, checked: boolean): WorkOne {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'id',
    ...(checked ? { payloadValidationJmesPath: 'body' } : {}),
  });
  config.registerLambdaContext({ getRemainingTimeInMillis: () => 30_000 } as never);
  const work = makeIdempotent(
    async ({ id }: { id: string; body: unknown }) => {
      count();
      return { id };
    },
    { persistenceStore: new MapPersistence(), config },
  );
  return async number => void (await work({ id: `m${number}`, body: bodyOf(number) }));
}
