import { RuntimeError } from '../errors';

/** Something that happened, as its writer tells it. */
export interface NewEvent {
  readonly type: string;
  /** JSON. */
  readonly data: unknown;
}

/** Something that happened, in its place: the versions of a stream are 1, 2, 3 and so on, without a gap. */
export interface StoredEvent extends NewEvent {
  readonly stream: string;
  readonly version: number;
  /** When it was stored, in ISO 8601. */
  readonly at: string;
}

/** The state of a stream as of a version. Nothing but a shortcut: it can be thrown away at any time. */
export interface Snapshot {
  readonly version: number;
  /** Shape of the state; a reader of another shape replays instead. */
  readonly shape: number;
  readonly state: unknown;
}

/** Most events of one append: what a transaction of DynamoDB holds, with one place for the check of the version. */
export const MOST_EVENTS = 99;

/** Where events are kept: append-only, in order within a stream. */
export interface EventLog {
  /**
   * Appends all events or none, and only when the stream is at `expectedVersion` (0: it does not exist).
   *
   * @throws RuntimeError `conflict` when the stream is at another version
   */
  append(stream: string, expectedVersion: number, events: readonly NewEvent[]): Promise<void>;
  /** Events of a stream behind a version, in order, a page at a time; an empty page is the end. */
  read(stream: string, afterVersion: number): Promise<readonly StoredEvent[]>;
  /** Every event there is, in order within each stream; the order of the streams has no meaning. */
  readAll(): AsyncIterable<StoredEvent>;
  loadSnapshot(stream: string): Promise<Snapshot | undefined>;
  /** Keeps a snapshot, unless a later one of the same shape is kept already. */
  saveSnapshot(stream: string, snapshot: Snapshot): Promise<void>;
}

/** How the state of a stream comes of its events. */
export interface Fold<State> {
  readonly initial: State;
  /** The state after one more event; pure, and no reader of clocks. */
  readonly apply: (state: State, event: StoredEvent) => State;
  /** Raise it when `State` or `apply` changes its meaning: snapshots of another shape are not used. */
  readonly shape: number;
}

/** A state and the version that it stands at: what the next append expects. */
export interface Versioned<State> {
  readonly version: number;
  readonly state: State;
}

/** What an event store needs. */
export interface EventStoreOptions<State> {
  readonly log: EventLog;
  readonly fold: Fold<State>;
  /** Events between two snapshots. @default 100 */
  readonly snapshotEvery?: number;
}

/** Streams of events, and the state that comes of each. */
export class EventStore<State> {
  constructor(private readonly options: EventStoreOptions<State>) {}

  /** State of a stream; that of a stream without events is the initial one, at version 0. */
  async load(stream: string): Promise<Versioned<State>> {
    const { log, fold } = this.options;
    const snapshot = await log.loadSnapshot(stream);
    let version = 0;
    let state = fold.initial;
    if (snapshot?.shape === fold.shape) ({ version, state } = snapshot as Versioned<State>);
    for (;;) {
      const page = await log.read(stream, version);
      if (page.length === 0) return { version, state };
      for (const event of page) {
        if (event.version !== version + 1) throw gap(stream, version, event.version);
        state = fold.apply(state, event);
        version = event.version;
      }
    }
  }

  /**
   * Appends events to a stream that is at `expectedVersion`, and returns its new version. Of writers that expect the
   * same version exactly one succeeds; the others load again and decide again.
   *
   * @throws RuntimeError `conflict` when the stream is at another version, `invalid-input` when there is nothing to
   * append or too much
   */
  async append(stream: string, expectedVersion: number, events: readonly NewEvent[]): Promise<number> {
    if (events.length === 0 || events.length > MOST_EVENTS) {
      throw new RuntimeError('invalid-input', 'an append that cannot be made', [
        {
          path: 'events',
          received: events.length,
          message: 'none, or too many',
          fix: `append 1 to ${MOST_EVENTS}`,
        },
      ]);
    }
    const { log, snapshotEvery = 100 } = this.options;
    await log.append(stream, expectedVersion, events);
    const version = expectedVersion + events.length;
    if (Math.floor(version / snapshotEvery) > Math.floor(expectedVersion / snapshotEvery)) {
      await this.snapshot(stream);
    }
    return version;
  }

  /** Keeps the state of a stream as it is now. The append stands whatever becomes of it, so a failure costs nothing. */
  private async snapshot(stream: string): Promise<void> {
    const { log, fold } = this.options;
    try {
      await log.saveSnapshot(stream, { ...(await this.load(stream)), shape: fold.shape });
    } catch {
      // The next one that is due takes its place; a reader replays meanwhile.
    }
  }
}

function gap(stream: string, at: number, found: number): RuntimeError {
  return new RuntimeError('unavailable', `stream ${stream} has a gap: version ${found} stands behind ${at}`);
}

/** What an append says of a stream that is at another version. */
export function conflict(stream: string, expectedVersion: number, cause?: unknown): RuntimeError {
  return new RuntimeError('conflict', `stream ${stream} is not at version ${expectedVersion} any more`, [], {
    cause,
  });
}
