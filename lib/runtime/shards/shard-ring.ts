import { createHash } from 'node:crypto';
import { RuntimeError, type RuntimeProblem } from '../errors';

/**
 * The ring of a sharded database as Regions publish it: who takes part, and nothing that could be computed. Everybody
 * who reads it places the shards by the same arithmetic, so that all clones agree without talking to each other.
 */
export interface RingDocument {
  /** Form of this document; later forms only add. */
  readonly format: 1;
  /** Raised with every change of the shards, so that a reader can tell old from new. */
  readonly version: number;
  /** Hash that places shards and keys on the ring. */
  readonly hash: 'sha256';
  /** Places of each shard on the ring; more of them make the shares more equal. */
  readonly virtualNodes: number;
  /** Names of the shards; their order means nothing. */
  readonly shards: readonly string[];
  /** Shards of the version before, while keys are still being moved from it. */
  readonly movingFrom?: readonly string[];
  /** Slots with bounded loads instead of the plain ring; see `boundedSlots`. Slots never change once data is stored. */
  readonly bounded?: { readonly slots: number; readonly capacityFactor: number };
  /** Where each shard is. */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** Number of sub-keys of each key that is spread; see `subKeysOf`. */
  readonly spread?: Readonly<Record<string, number>>;
}

/** One place on the ring: the shard owns the keys between the place before and this one, this one included. */
export interface RingPlace {
  /** 0 to 2^48 - 1. */
  readonly position: number;
  readonly shard: string;
}

/** All places, in rising order. */
export type Ring = readonly RingPlace[];

/** Number of positions on the ring: 48 bits, which a JavaScript number holds exactly. */
export const RING_SIZE = 2 ** 48;

/** Where a text lies on the ring: the first 48 bits of its SHA-256. */
export function positionOf(text: string): number {
  return createHash('sha256').update(text, 'utf8').digest().readUIntBE(0, 6);
}

/**
 * Places every shard `virtualNodes` times. A shard's places depend on its own name alone: so a shard that comes
 * takes keys, and one that goes gives keys, and no key moves between two that stay.
 */
export function ringOf(shards: readonly string[], virtualNodes: number): Ring {
  return shards
    .flatMap(shard =>
      Array.from({ length: virtualNodes }, (_, number) => ({
        position: positionOf(`${shard}#${number}`),
        shard,
      })),
    )
    .sort((a, b) => a.position - b.position || (a.shard < b.shard ? -1 : 1));
}

/** The shard that owns a key: that of the first place at or after the key's position, around the ring. */
export function ownerOf(ring: Ring, key: string): string {
  return ownerAt(ring, positionOf(key));
}

/** The shard that owns a position. The ring must hold a place. */
export function ownerAt(ring: Ring, position: number): string {
  let low = 0;
  let high = ring.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ring[middle] as RingPlace).position < position) low = middle + 1;
    else high = middle;
  }
  const place = ring[low] ?? ring[0];
  if (place === undefined) throw new RuntimeError('invalid-input', 'a ring without a shard owns nothing');
  return place.shard;
}

/** Where keys live, by one published document. */
export interface ShardRouter {
  readonly version: number;
  /** The shard that owns the key. */
  ownerOf(key: string): string;
  /** The shard that owned the key before, while it may still be there; undefined once it cannot be. */
  movingFrom(key: string): string | undefined;
}

/**
 * Reads a published document: computes the ring once, then answers by binary search.
 *
 * @throws RuntimeError `invalid-input` when the document is not one
 */
export function shardRouter(document: RingDocument): ShardRouter {
  const ring = ringOf(document.shards, document.virtualNodes);
  const before = document.movingFrom && ringOf(document.movingFrom, document.virtualNodes);
  return {
    version: document.version,
    ownerOf: key => ownerOf(ring, key),
    movingFrom: key => {
      const old = before && ownerOf(before, key);
      return old === ownerOf(ring, key) ? undefined : old;
    },
  };
}

/**
 * The document that a Region published, from its text.
 *
 * @throws RuntimeError `invalid-input` with everything that is wrong
 */
export function parseRingDocument(text: string): RingDocument {
  const document = readJson(text);
  const problems = problemsOf(document);
  if (problems.length > 0) throw new RuntimeError('invalid-input', 'not a ring document', problems);
  return document as unknown as RingDocument;
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw new RuntimeError('invalid-input', 'the ring document is not JSON', [], { cause });
  }
  throw new RuntimeError('invalid-input', 'the ring document is not a JSON object');
}

function problemsOf(document: Readonly<Record<string, unknown>>): readonly RuntimeProblem[] {
  const { format, version, hash, virtualNodes, shards, movingFrom, bounded, endpoints, spread } = document;
  const checks: readonly (readonly [path: string, received: unknown, holds: boolean, fix: string])[] = [
    ['format', format, format === 1, 'use 1, or a newer reader'],
    ['version', version, wholeNumber(version, 1), 'use a whole number from 1'],
    ['hash', hash, hash === 'sha256', 'use "sha256"'],
    ['virtualNodes', virtualNodes, wholeNumber(virtualNodes, 1), 'use a whole number from 1'],
    ['shards', shards, isNames(shards), 'name at least one shard, each once'],
    [
      'movingFrom',
      movingFrom,
      movingFrom === undefined || isNames(movingFrom),
      'leave it out, or name each shard once',
    ],
    [
      'bounded',
      bounded,
      bounded === undefined || isBounded(bounded),
      'give whole slots and a factor above 1',
    ],
    [
      'endpoints',
      endpoints,
      endpoints === undefined || isRecordOf(endpoints, isText),
      'give a text for each shard, or leave it out',
    ],
    [
      'spread',
      spread,
      spread === undefined || isRecordOf(spread, value => wholeNumber(value, 1)),
      'give a whole number from 1 for each key',
    ],
  ];
  return checks
    .filter(([, , holds]) => !holds)
    .map(([path, received, , fix]) => ({ path, received, message: 'not of the accepted form', fix }));
}

const wholeNumber = (value: unknown, minimum: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= minimum;

const isNames = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every(name => typeof name === 'string' && name !== '') &&
  new Set(value).size === value.length;

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const isRecordOf = (value: unknown, accepts: (entry: unknown) => boolean): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(accepts);

const isBounded = (value: unknown): boolean => {
  const { slots, capacityFactor } = (value ?? {}) as Record<string, unknown>;
  return wholeNumber(slots, 1) && typeof capacityFactor === 'number' && capacityFactor > 1;
};
