import { RuntimeError, reasonOf } from '../errors';
import { withCorrelationId } from '../telemetry/correlation';
import type { Logger } from '../telemetry/logger';
import type { OrderedEvent } from './event-order';
import type { Generation, ProjectorSession, ProjectorStore } from './projector-store';

/** A read model over all events. `Tx` is what it is written with, such as a transaction of PostgreSQL. */
export interface OrderedProjection<Tx> {
  readonly name: string;
  /** Raise it when the model or `apply` changes its meaning: another generation is built beside the live one. */
  readonly shape: number;
  /**
   * Puts one event into the rows of one generation, inside the transaction that moves its place: called once for each
   * event, in order. Whatever it throws stops the generation, except errors of a database that is away.
   */
  apply(transaction: Tx, generation: number, event: OrderedEvent): Promise<void>;
  /** Removes every row of a generation. */
  discard(transaction: Tx, generation: number): Promise<void>;
}

/** What a projector stands on. */
export interface ProjectorOptions<Tx> {
  readonly store: ProjectorStore<Tx>;
  readonly projection: OrderedProjection<Tx>;
  readonly logger: Logger;
  /** Events of one transaction. @default 200 */
  readonly batch?: number;
}

/**
 * Keeps a read model in step with the order of all events, and builds it anew beside the live one when its shape
 * changed, when the log has lost events that are in it, or when asked. Any number of processes may turn the same one:
 * a generation is in one hand at a time, under the fence, and its place commits with its rows.
 */
export class Projector<Tx> {
  constructor(private readonly options: ProjectorOptions<Tx>) {}

  /**
   * Advances each generation of this shape by one batch; returns whether there may be more.
   *
   * @throws RuntimeError `fenced`, `not-active` or `unavailable`; nothing is lost then
   */
  async turn(epoch: number): Promise<boolean> {
    const { projection } = this.options;
    const all = await this.begin(epoch);
    let more = false;
    for (const { generation, shape, status, served } of all) {
      if (!served && (status === 'retired' || status === 'ahead')) {
        await this.discard(epoch, generation);
      } else if (shape === projection.shape && (status === 'building' || status === 'live')) {
        more = (await this.advance(epoch, generation)) || more;
      }
    }
    return more;
  }

  /** Begins another generation beside the live one, unless one is being built. */
  async rebuild(epoch: number): Promise<void> {
    const { store, projection } = this.options;
    await store.run(epoch, async session => {
      await session.lockProjection(projection.name);
      const all = await session.generations(projection.name);
      if (all.some(({ status, shape }) => status === 'building' && shape === projection.shape)) return;
      await session.create(projection.name, next(all), projection.shape);
    });
  }

  /** Lets generations go on that were stopped by an event, once the reason is gone; returns how many. */
  resume(epoch: number): Promise<number> {
    const { store, projection } = this.options;
    return store.run(epoch, async session => {
      const stopped = (await session.generations(projection.name)).filter(
        ({ status }) => status === 'stopped',
      );
      for (const { generation, served } of stopped)
        await session.mark(projection.name, generation, served ? 'live' : 'building');
      return stopped.length;
    });
  }

  /** Sees to it that a generation of this shape exists, unless code of a later shape was here already. */
  private async begin(epoch: number): Promise<readonly Generation[]> {
    const { store, projection } = this.options;
    return store.run(epoch, async session => {
      if (!(await this.lacks(session))) return session.generations(projection.name);
      await session.lockProjection(projection.name);
      const all = await session.generations(projection.name);
      if (await this.lacks(session)) await session.create(projection.name, next(all), projection.shape);
      return session.generations(projection.name);
    });
  }

  private async lacks(session: ProjectorSession<Tx>): Promise<boolean> {
    const { name, shape } = this.options.projection;
    const all = await session.generations(name);
    return !all.some(
      other => other.shape > shape || (other.shape === shape && /building|live|stopped/.test(other.status)),
    );
  }

  private async advance(epoch: number, number: number, most?: number): Promise<boolean> {
    const limit = most ?? this.options.batch ?? 200;
    try {
      return await this.options.store.run(epoch, session => this.batch(session, number, limit));
    } catch (error) {
      if (!(error instanceof Poison)) throw error;
      // What stands before it is good: it goes in by itself, so that the place names the event that stopped us.
      if (error.before > 0 && error.before < limit) await this.advance(epoch, number, error.before);
      await this.stop(epoch, number, error);
      return false;
    }
  }

  private async batch(session: ProjectorSession<Tx>, number: number, limit: number): Promise<boolean> {
    const { name } = this.options.projection;
    const held = await session.lock(name, number);
    if (held?.status !== 'building' && held?.status !== 'live') return false;
    // From the last event that is in it, that one included: so a log that was cut back shows.
    const page = await session.events(held.position, limit + 1);
    if (held.position > 0 && page[0]?.id !== held.eventId) return this.foundAhead(session, held);
    const events = held.position > 0 ? page.slice(1) : page.slice(0, limit);
    await this.applyAll(session.transaction, held, events);
    const last = events.at(-1);
    if (last !== undefined) await session.advance(name, number, last);
    if (held.status === 'building' && events.length < limit)
      await this.turnOver(session, number, last?.position ?? held.position);
    return events.length === limit;
  }

  private async applyAll(transaction: Tx, held: Generation, events: readonly OrderedEvent[]): Promise<void> {
    const { projection } = this.options;
    for (const [index, event] of events.entries()) {
      const expected = held.position + index + 1;
      try {
        if (event.position !== expected) throw new Error(`the log has a gap: ${expected} is missing`);
        await withCorrelationId(event.correlationId, () =>
          projection.apply(transaction, held.generation, event),
        );
      } catch (error) {
        if (isPassing(error)) throw error;
        throw new Poison(event, index, error);
      }
    }
  }

  /** Readers go on with it until its successor is there; what they see may never have happened, so it is loud. */
  private async foundAhead(session: ProjectorSession<Tx>, held: Generation): Promise<boolean> {
    const { logger, projection } = this.options;
    const reason = `the log has no event ${held.eventId} at ${held.position}: it was lost with its Region`;
    await session.mark(projection.name, held.generation, 'ahead', reason, held.position);
    logger.error('projection.ahead', {
      projection: projection.name,
      generation: held.generation,
      position: held.position,
    });
    return true;
  }

  /** Gives readers the new one once it is not behind the one they have, so that they never go back in time. */
  private async turnOver(session: ProjectorSession<Tx>, number: number, position: number): Promise<void> {
    const { name } = this.options.projection;
    await session.lockProjection(name);
    const served = (await session.generations(name)).find(other => other.served);
    if (served?.status === 'live') {
      const live = await session.lock(name, served.generation);
      if (live === undefined || live.position > position) return;
    }
    await session.serve(name, number);
    this.options.logger.info('projection.turned-over', { projection: name, generation: number, position });
  }

  private async stop(epoch: number, number: number, poison: Poison): Promise<void> {
    const { store, projection, logger } = this.options;
    const { event, reason } = poison;
    const stopped = await store.run(epoch, async session => {
      const held = await session.lock(projection.name, number);
      if (held?.position !== event.position - 1) return false;
      await session.mark(projection.name, number, 'stopped', reason, event.position);
      return true;
    });
    if (!stopped) return;
    const { position, stream, version, type } = event;
    const place = { position, stream, version, type };
    logger.error('projection.stopped', { projection: projection.name, generation: number, ...place, reason });
  }

  private discard(epoch: number, number: number): Promise<void> {
    const { store, projection } = this.options;
    return store.run(epoch, async session => {
      if ((await session.lock(projection.name, number)) === undefined) return;
      await projection.discard(session.transaction, number);
      await session.remove(projection.name, number);
    });
  }
}

/** An event that cannot be applied. In the run time's own words, so that no fence takes it for a database that is away. */
class Poison extends RuntimeError {
  readonly reason: string;

  constructor(
    readonly event: OrderedEvent,
    /** How many events of the batch stand before it. */
    readonly before: number,
    cause: unknown,
  ) {
    super('invalid-input', 'an event cannot be applied', [], { cause });
    this.reason = reasonOf(cause);
  }
}

/** Of a database that is away or fences us, not of the event. */
function isPassing(error: unknown): boolean {
  return error instanceof RuntimeError && ['unavailable', 'not-active', 'fenced'].includes(error.code);
}

const next = (all: readonly Generation[]): number => Math.max(0, ...all.map(other => other.generation)) + 1;
