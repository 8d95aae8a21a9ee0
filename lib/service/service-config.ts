import { RuntimeError } from '../runtime/errors';
import { schemaOf } from '../runtime/shards/schema-shards';
import { parseRingDocument, type RingDocument } from '../runtime/shards/shard-ring';
import { DEFAULT_RING } from './carts/shard-ring';

/**
 * The service's configuration document in AppConfig (profile `service`): one JSON object. Every field may be left
 * out; fields that this build does not know are left to newer ones.
 */
export interface ServiceConfig {
  /** Most pieces in one order. @default 1000000 */
  readonly maximumQuantity: number;
  /** What a refused client is told to wait, in seconds. @default 1 */
  readonly retryAfterSeconds: number;
  /** How long a fulfilled order may be served from the cache, in seconds. @default 60 */
  readonly cacheSeconds: number;
  /** How long an idempotency key is remembered, in hours. @default 24 */
  readonly idempotencyHours: number;
  /** Stops workers from fulfilling, without losing anything. @default false */
  readonly fulfilmentPaused: boolean;
  /** Most messages that a worker takes in a second. @default 10000 */
  readonly fulfilmentPerSecond: number;
  /** Most messages that a worker has in work at the same time. @default 20 */
  readonly fulfilmentInFlight: number;
  /** Shards of carts, and how keys are spread over them. @default - `DEFAULT_RING` */
  readonly shardRing: RingDocument;
}

/** What holds until the first valid document. */
export const DEFAULT_CONFIG: ServiceConfig = {
  maximumQuantity: 1_000_000,
  retryAfterSeconds: 1,
  cacheSeconds: 60,
  idempotencyHours: 24,
  fulfilmentPaused: false,
  fulfilmentPerSecond: 10_000,
  fulfilmentInFlight: 20,
  shardRing: DEFAULT_RING,
};

const BOUNDS = {
  maximumQuantity: [1, 2_147_483_647],
  retryAfterSeconds: [1, 3600],
  cacheSeconds: [1, 86_400],
  idempotencyHours: [1, 720],
  fulfilmentPerSecond: [1, 10_000],
  fulfilmentInFlight: [1, 1000],
} as const;

/** Reads a document; throws `invalid-input` on anything of another type or out of bounds. Nothing is coerced. */
export function parseServiceConfig(content: string): ServiceConfig {
  const document: unknown = JSON.parse(content);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new RuntimeError('invalid-input', 'the configuration is not a JSON object');
  }
  const given = document as Readonly<Record<string, unknown>>;
  const number = (name: keyof typeof BOUNDS): number => {
    const value = Object.hasOwn(given, name) ? given[name] : DEFAULT_CONFIG[name];
    const [minimum, maximum] = BOUNDS[name];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum) {
      throw wrong(name, given[name], `give a whole number from ${minimum} to ${maximum}`);
    }
    return value;
  };
  const paused = Object.hasOwn(given, 'fulfilmentPaused')
    ? given.fulfilmentPaused
    : DEFAULT_CONFIG.fulfilmentPaused;
  if (typeof paused !== 'boolean') throw wrong('fulfilmentPaused', paused, 'give true or false');
  return {
    maximumQuantity: number('maximumQuantity'),
    retryAfterSeconds: number('retryAfterSeconds'),
    cacheSeconds: number('cacheSeconds'),
    idempotencyHours: number('idempotencyHours'),
    fulfilmentPaused: paused,
    fulfilmentPerSecond: number('fulfilmentPerSecond'),
    fulfilmentInFlight: number('fulfilmentInFlight'),
    shardRing: Object.hasOwn(given, 'shardRing') ? ringOf(given.shardRing) : DEFAULT_CONFIG.shardRing,
  };
}

/** A ring whose shards can be schemas; throws `invalid-input`. */
function ringOf(given: unknown): RingDocument {
  const document = parseRingDocument(JSON.stringify(given));
  [...document.shards, ...(document.movingFrom ?? [])].forEach(schemaOf);
  return document;
}

function wrong(path: string, received: unknown, fix: string): RuntimeError {
  const problem = { path, received, message: 'has another type or is out of bounds', fix };
  return new RuntimeError('invalid-input', 'the configuration is not valid', [problem]);
}
