import type { Clock } from '../clock';
import { conflict, type EventLog, type NewEvent, type Snapshot, type StoredEvent } from './event-store';

/** How many events a page holds: few, so that tests turn pages. */
const PAGE = 10;

/** Events in the memory of this process, for tests and for trying out. */
export class MemoryEventLog implements EventLog {
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly snapshots = new Map<string, Snapshot>();

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  async append(stream: string, expectedVersion: number, events: readonly NewEvent[]): Promise<void> {
    const stored = this.streams.get(stream) ?? [];
    if (stored.length !== expectedVersion) throw conflict(stream, expectedVersion);
    const at = this.clock.now().toISOString();
    const added = events.map(({ type, data }, index) => ({
      stream,
      version: expectedVersion + index + 1,
      at,
      type,
      data: structuredClone(data),
    }));
    this.streams.set(stream, [...stored, ...added]);
  }

  async read(stream: string, afterVersion: number): Promise<readonly StoredEvent[]> {
    return (this.streams.get(stream) ?? []).slice(afterVersion, afterVersion + PAGE);
  }

  async *readAll(): AsyncIterable<StoredEvent> {
    for (const events of this.streams.values()) yield* events;
  }

  async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    return this.snapshots.get(stream);
  }

  async saveSnapshot(stream: string, snapshot: Snapshot): Promise<void> {
    const kept = this.snapshots.get(stream);
    if (kept?.shape === snapshot.shape && kept.version >= snapshot.version) return;
    this.snapshots.set(stream, structuredClone(snapshot));
  }
}
