import { RuntimeError } from '../errors';
import type { Cache } from './cache';

/** Up to which change a cache was cleaned. */
export interface InvalidatorPlace {
  readonly position: number;
  /** Identity of that change: a log that was cut back has another one there. Empty at place 0. */
  readonly id: string;
}

/** A cache that nothing changed in for a day holds nothing that could be old. In milliseconds. */
const KEPT = 86_400_000;

/** The place, if the cache holds one. @throws RuntimeError `unavailable` when the cache does not answer */
export async function readPlace(
  cache: Pick<Cache, 'lookup' | 'problem'>,
  key: string,
): Promise<InvalidatorPlace | undefined> {
  // The lease is taken for the shortest time: nothing is loaded, and whoever puts the place voids it.
  const found = await cache.lookup(key, 1);
  if (found.kind === 'away') {
    throw new RuntimeError(
      'unavailable',
      `the cache does not answer: ${cache.problem ?? 'a removal is owed'}`,
    );
  }
  if (found.kind !== 'hit' || found.entry.text === undefined) return undefined;
  return JSON.parse(found.entry.text) as InvalidatorPlace;
}

/** Moves the place on, unless another process has moved it further. @throws RuntimeError `unavailable` */
export async function writePlace(
  cache: Pick<Cache, 'put' | 'problem'>,
  key: string,
  place: InvalidatorPlace,
): Promise<void> {
  const record = {
    text: JSON.stringify(place),
    softMilliseconds: KEPT,
    hardMilliseconds: KEPT,
    loadMilliseconds: 0,
    version: place.position,
  };
  if (!(await cache.put(key, record)) && cache.problem !== undefined) {
    throw new RuntimeError('unavailable', `the cache does not answer: ${cache.problem}`);
  }
}
