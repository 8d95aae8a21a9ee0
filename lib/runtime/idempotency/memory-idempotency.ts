import type { Clock } from '../clock';
import { hashesOf, type IdempotencyStore, type IdempotentCall, keyReused } from './idempotency-store';

/** Collects what an effect does; it is done when the record is kept, at one moment. */
export interface MemoryEffects {
  /** Adds something that is done with the record, synchronously; it must not throw. */
  add(effect: () => void): void;
}

interface MemoryRecord {
  readonly requestHash: string;
  /** JSON, as every other store keeps it. */
  readonly response: string;
  /** Monotonic milliseconds. */
  readonly until: number;
}

/** Idempotency within one process, for tests and for effects that do not outlive it. */
export class MemoryIdempotency implements IdempotencyStore<MemoryEffects> {
  private readonly records = new Map<string, MemoryRecord>();

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  async once<Response>(call: IdempotentCall, effect: (effects: MemoryEffects) => Promise<Response>) {
    const { keyHash, requestHash } = hashesOf(call);
    const found = this.find(keyHash);
    if (found !== undefined) return replay<Response>(found, requestHash);
    const effects: Array<() => void> = [];
    const response = await effect({ add: one => void effects.push(one) });
    // Another may have been faster while this one worked; then nothing of it is done.
    const standing = this.find(keyHash);
    if (standing !== undefined) return replay<Response>(standing, requestHash);
    const until = this.clock.monotonic() + call.ttlSeconds * 1000;
    this.records.set(keyHash, { requestHash, response: JSON.stringify(response ?? null), until });
    for (const one of effects) one();
    return { response, replayed: false };
  }

  private find(keyHash: string): MemoryRecord | undefined {
    const record = this.records.get(keyHash);
    return record !== undefined && record.until > this.clock.monotonic() ? record : undefined;
  }
}

function replay<Response>(record: MemoryRecord, requestHash: string) {
  if (record.requestHash !== requestHash) throw keyReused();
  return { response: JSON.parse(record.response) as Response, replayed: true };
}
