import type { OrderedEvent } from './event-order';

/**
 * `building`: filled from the first event on, beside the live one; `live`: filled, and given to readers; `stopped`: an
 * event could not be applied, a person has to look; `ahead`: it holds events that the log has lost, another one is
 * built; `retired`: its successor is live, it is removed.
 */
export type GenerationStatus = 'building' | 'live' | 'stopped' | 'ahead' | 'retired';

/** One build of a read model. */
export interface Generation {
  readonly generation: number;
  /** Shape of the code that fills it. */
  readonly shape: number;
  readonly status: GenerationStatus;
  /** Place of the last event that is in it; 0 for none. */
  readonly position: number;
  /** Identity of that event: a log that was cut back has another one there, or none. */
  readonly eventId: string | undefined;
  /** Whether readers are given this one. */
  readonly served: boolean;
}

/** One fenced transaction on the database of the read model. `Tx` is what a projection writes with. */
export interface ProjectorSession<Tx> {
  readonly transaction: Tx;
  /** Every generation of a projection, unlocked. */
  generations(name: string): Promise<readonly Generation[]>;
  /** Locks one generation; `undefined` when another process has it in hand, or when it is gone. */
  lock(name: string, generation: number): Promise<Generation | undefined>;
  /** Waits for the lock on the projection itself: one at a time begins a generation or turns readers over. */
  lockProjection(name: string): Promise<void>;
  /** Begins one, in status `building` at place 0. */
  create(name: string, generation: number, shape: number): Promise<void>;
  /** Moves the place of a generation. */
  advance(name: string, generation: number, last: OrderedEvent): Promise<void>;
  /** Changes the status; `reason` and `position` say why and where it stopped. */
  mark(
    name: string,
    generation: number,
    status: GenerationStatus,
    reason?: string,
    at?: number,
  ): Promise<void>;
  /** Gives readers this generation from the commit on, and retires the others. */
  serve(name: string, generation: number): Promise<void>;
  remove(name: string, generation: number): Promise<void>;
  /** Events of the log from a place on, that one included. */
  events(from: number, limit: number): Promise<readonly OrderedEvent[]>;
}

/** Where generations, their places and the read model are: one database, so that they commit together. */
export interface ProjectorStore<Tx> {
  /** Runs `work` in one transaction of `epoch`; whatever it throws rolls back. */
  run<T>(epoch: number, work: (session: ProjectorSession<Tx>) => Promise<T>): Promise<T>;
}
