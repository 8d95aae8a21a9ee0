import { Duration } from 'aws-cdk-lib';
import type { Json, JsonSchema } from '../constructs/config/configuration-content';
import type { RolloutStrategy } from '../constructs/config/rollout-strategy';

const wholeNumber = (minimum: number, maximum: number, description: string): Json => ({
  type: 'integer',
  minimum,
  maximum,
  description,
});

const shardNames: Json = {
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  items: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,40}$' },
};

/** The ring of the service's shards; see docs/discovery.md. */
const SHARD_RING: Json = {
  type: 'object',
  additionalProperties: false,
  required: ['format', 'version', 'hash', 'virtualNodes', 'shards'],
  properties: {
    format: { enum: [1] },
    version: { type: 'integer', minimum: 1, description: 'Raised with every change' },
    hash: { enum: ['sha256'] },
    virtualNodes: { type: 'integer', minimum: 1, description: 'Places of each shard on the ring' },
    shards: shardNames,
    movingFrom: shardNames,
    bounded: {
      type: 'object',
      additionalProperties: false,
      required: ['slots', 'capacityFactor'],
      properties: {
        slots: { type: 'integer', minimum: 1 },
        capacityFactor: { type: 'number', minimum: 1, exclusiveMinimum: true },
      },
    },
    spread: { type: 'object', additionalProperties: { type: 'integer', minimum: 1 } },
  },
};

/**
 * Shape of the service's configuration (JSON Schema draft 4). A test holds it to what the run time accepts
 * (lib/service/service-config.ts); a misspelt field is refused here, where somebody can still read the answer.
 */
export const SERVICE_SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    maximumQuantity: wholeNumber(1, 2_147_483_647, 'Most pieces in one order'),
    retryAfterSeconds: wholeNumber(1, 3600, 'What a refused client is told to wait, in seconds'),
    cacheSeconds: wholeNumber(
      1,
      86_400,
      'How long a fulfilled order may be served from the cache, in seconds',
    ),
    idempotencyHours: wholeNumber(1, 720, 'How long an idempotency key is remembered, in hours'),
    fulfilmentPaused: {
      type: 'boolean',
      description: 'Stops workers from fulfilling, without losing anything',
    },
    fulfilmentPerSecond: wholeNumber(1, 10_000, 'Most messages that a worker takes in a second'),
    fulfilmentInFlight: wholeNumber(1, 1000, 'Most messages that a worker has in work at the same time'),
    shardRing: SHARD_RING,
  },
};

/** The service's configuration at birth. */
export const SERVICE_CONFIGURATION: Json = {
  maximumQuantity: 1_000_000,
  retryAfterSeconds: 1,
  cacheSeconds: 60,
  idempotencyHours: 24,
  fulfilmentPaused: false,
  fulfilmentPerSecond: 10_000,
  fulfilmentInFlight: 20,
  shardRing: {
    format: 1,
    version: 1,
    hash: 'sha256',
    virtualNodes: 128,
    shards: ['a', 'b', 'c'],
    bounded: { slots: 1024, capacityFactor: 1.25 },
  },
};

/**
 * How flags spread: sooner than the configuration, since a flag is what takes a change back. A first deploy waits for
 * both, one after the other.
 */
export const FLAG_ROLLOUT: RolloutStrategy = {
  name: 'flags',
  growthPercent: 20,
  duration: Duration.minutes(5),
  bake: Duration.minutes(10),
};

/** The service's feature flags at birth. A test holds them to what the code says without them. */
export const SERVICE_FLAGS: Json = {
  version: '1',
  flags: {
    'orders-fan-out': {
      name: 'Several orders are read one by one through the cache',
      attributes: { atOnce: { constraints: { type: 'number', minimum: 1, maximum: 8, required: true } } },
    },
  },
  values: { 'orders-fan-out': { enabled: true, atOnce: 4 } },
};
