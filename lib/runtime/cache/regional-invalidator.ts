import { type PlacedChange, placeBefore, readChanges } from '../changes/change-log';
import type { Clock } from '../clock';
import type { Queryable } from '../database/database';
import { RuntimeError } from '../errors';
import type { Logger } from '../telemetry/logger';
import type { Cache } from './cache';
import { cacheInvalidator } from './cache-invalidator';
import { type InvalidatorPlace, readPlace, writePlace } from './invalidator-place';

/** What the invalidator of a Region stands on. Times are in milliseconds. */
export interface RegionalInvalidatorOptions {
  readonly cache: Pick<Cache, 'remove' | 'problem' | 'lookup' | 'put'>;
  /** Key of the place up to which changes were removed; it lies in the cache that it speaks of. */
  readonly placeKey: string;
  /** This Region's own database, primary or replica, from which the cache is loaded too. */
  readonly database: Queryable;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly logger: Logger;
  readonly region: string;
  /** Keys under which something made of the changed thing may be cached. */
  readonly keysOf: (change: PlacedChange, epoch: number | undefined) => readonly string[];
  /** The epoch in force, if one is known. */
  readonly epoch: () => number | undefined;
  /** Longest life of an entry: without a place, what changed within it is removed once more. */
  readonly lifetimeMilliseconds: () => number;
  /** How much one reader of the database may lag behind another; 0 where loads come from the primary. */
  readonly quietMilliseconds: () => number;
  /** Fills what changed lately anew, once it may; returns how many were stored. @default - nothing is filled */
  readonly refill?: (changes: readonly PlacedChange[]) => Promise<number>;
}

const PAGE = 500;
/** Removals under way at once: more would wait for each other longer than a command may take. */
const AT_ONCE = 50;
/** Most things that are filled anew after a page, the last ones. */
const REFILLED = 100;
/** A place past the end of the log is one that lags, or was cut back: this long it is given the benefit of the doubt. */
const DOUBT_MILLISECONDS = 5000;
/** Between the writing of a change and its place there may pass so long, in seconds. */
const SLACK_SECONDS = 60;

/**
 * Removes from this Region's cache what was made of things that changed, by the log of changes in this Region's own
 * database. To be run in every Region, standby or not, by any number of processes: each removal may come twice.
 *
 * A replica shows a change when it shows the thing as changed, not before; so what is loaded after the removal is new.
 * The place is kept in the cache itself: what a cache that died or fell back has forgotten is removed again.
 */
export class RegionalInvalidator {
  private beyondSince: number | undefined;
  private toRefill: Array<{ readonly at: number; readonly changes: readonly PlacedChange[] }> = [];

  constructor(private readonly options: RegionalInvalidatorOptions) {}

  /**
   * Works one page of changes; returns whether there may be more.
   *
   * @throws RuntimeError `unavailable` while cache or database do not answer; nothing is passed over
   */
  async turn(): Promise<boolean> {
    const { cache, placeKey, database } = this.options;
    const held = await readPlace(cache, placeKey);
    const place = held ?? (await this.begin('no place is known'));
    const page = await readChanges(database, Math.max(1, place.position), PAGE);
    const news = await this.behind(place, page);
    if (news === undefined) return true;
    const last = news.at(-1);
    if (last !== undefined) {
      await this.removeAll(news);
      await writePlace(cache, placeKey, { position: last.position, id: last.id });
    }
    const more = page.length === PAGE;
    if (!more) await this.refill(news);
    return more;
  }

  /** What stands behind the place; `undefined` when the place was not of this log, and another one was begun. */
  private async behind(
    place: InvalidatorPlace,
    page: readonly PlacedChange[],
  ): Promise<readonly PlacedChange[] | undefined> {
    const [first] = page;
    if (place.position === 0) return page;
    if (first === undefined) return this.beyond(place);
    this.beyondSince = undefined;
    if (first.position === place.position && first.id === place.id) return page.slice(1);
    await this.begin(`change ${place.position} is not the one that was seen there`);
    return undefined;
  }

  /** The database ends before the place: another reader is ahead of this one, or the log was cut back. */
  private async beyond(place: InvalidatorPlace): Promise<readonly PlacedChange[] | undefined> {
    const now = this.options.clock.monotonic();
    this.beyondSince ??= now;
    if (now - this.beyondSince < DOUBT_MILLISECONDS) return [];
    this.beyondSince = undefined;
    await this.begin(`the log ends before change ${place.position}`);
    return undefined;
  }

  /** Goes back to before everything that an entry may have been made of. */
  private async begin(reason: string): Promise<InvalidatorPlace> {
    const { cache, placeKey, database, lifetimeMilliseconds, logger } = this.options;
    const place = await placeBefore(database, lifetimeMilliseconds() / 1000 + SLACK_SECONDS);
    // A place never goes back by itself.
    if (!(await cache.remove(placeKey))) throw unanswered(cache);
    await writePlace(cache, placeKey, place);
    logger.info('invalidator.began', { position: place.position, reason });
    return place;
  }

  private async removeAll(changes: readonly PlacedChange[]): Promise<void> {
    const { cache, keysOf, epoch, region, logger, quietMilliseconds } = this.options;
    const work = cacheInvalidator({
      cache,
      quietMilliseconds: quietMilliseconds(),
      keysOf: (change, of) => keysOf(change as PlacedChange, of),
    });
    const context = { region, epoch: epoch(), logger };
    const remove = (change: PlacedChange) =>
      work(
        change,
        { sequenceNumber: String(change.position), partitionKey: change.key, read: () => change },
        context,
      );
    const wanted = lastOfEach(changes);
    for (let start = 0; start < wanted.length; start += AT_ONCE) {
      await Promise.all(wanted.slice(start, start + AT_ONCE).map(remove));
    }
  }

  /** Not before nothing older can be loaded any more. */
  private async refill(news: readonly PlacedChange[]): Promise<void> {
    const { refill, clock, quietMilliseconds } = this.options;
    if (refill === undefined) return;
    const now = clock.monotonic();
    const changes = lastOfEach(news).slice(-REFILLED);
    if (changes.length > 0) this.toRefill.push({ at: now + quietMilliseconds(), changes });
    const due = this.toRefill.filter(({ at }) => at <= now);
    this.toRefill = this.toRefill.filter(({ at }) => at > now);
    for (const each of due) await refill(each.changes);
  }
}

/** The last change of each thing and epoch, in order. */
function lastOfEach(changes: readonly PlacedChange[]): readonly PlacedChange[] {
  const last = new Map<string, PlacedChange>();
  for (const change of changes) {
    const name = JSON.stringify([change.entity, change.key, change.epoch]);
    last.delete(name);
    last.set(name, change);
  }
  return [...last.values()];
}

function unanswered(cache: Pick<Cache, 'problem'>): RuntimeError {
  return new RuntimeError('unavailable', `the cache does not answer: ${cache.problem ?? 'no reason given'}`);
}
