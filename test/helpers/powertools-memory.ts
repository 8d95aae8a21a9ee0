// Powertools' records in memory, with the conditions of its own DynamoDB layer, behind calls that may fail.
import {
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
} from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';

/** Runs `effect` there: at once, or as a call of a simulated process. */
export type Call = <T>(effect: () => T) => Promise<T>;

type Fields = ConstructorParameters<typeof IdempotencyRecord>[0];

/** Records of Powertools in a map. */
export class MemoryPersistence extends BasePersistenceLayer {
  constructor(
    private readonly records: Map<string, Fields> = new Map(),
    private readonly call: Call = async effect => effect(),
  ) {
    super();
  }

  /** The same records, behind other calls: a layer of another process. */
  through(call: Call): MemoryPersistence {
    return new MemoryPersistence(this.records, call);
  }

  protected async _putRecord(record: IdempotencyRecord): Promise<void> {
    const existing = await this.call(() => {
      const found = this.records.get(record.idempotencyKey);
      if (found !== undefined && stands(found)) return found;
      this.records.set(record.idempotencyKey, fieldsOf(record));
      return undefined;
    });
    if (existing === undefined) return;
    throw new IdempotencyItemAlreadyExistsError('exists', new IdempotencyRecord(existing));
  }

  protected async _getRecord(key: string): Promise<IdempotencyRecord> {
    const found = await this.call(() => this.records.get(key));
    if (found === undefined) throw new IdempotencyItemNotFoundError('not found');
    return new IdempotencyRecord(found);
  }

  protected async _updateRecord(record: IdempotencyRecord): Promise<void> {
    await this.call(() => this.records.set(record.idempotencyKey, fieldsOf(record)));
  }

  protected async _deleteRecord(record: IdempotencyRecord): Promise<void> {
    await this.call(() => this.records.delete(record.idempotencyKey));
  }
}

/** Whether a record refuses another put: not expired, and its work not overdue. */
function stands({ status, expiryTimestamp = 0, inProgressExpiryTimestamp }: Fields): boolean {
  const now = Date.now();
  const overdue = inProgressExpiryTimestamp !== undefined && inProgressExpiryTimestamp < now;
  return expiryTimestamp >= now / 1000 && !(status === 'INPROGRESS' && overdue);
}

function fieldsOf(record: IdempotencyRecord): Fields {
  const { idempotencyKey, expiryTimestamp, inProgressExpiryTimestamp, responseData, payloadHash } = record;
  const status = record.getStatus();
  return { idempotencyKey, status, expiryTimestamp, inProgressExpiryTimestamp, responseData, payloadHash };
}
