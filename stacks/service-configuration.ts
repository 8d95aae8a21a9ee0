import type { Json, JsonSchema } from '../constructs/config/configuration-content';

const wholeNumber = (minimum: number, maximum: number, description: string): Json => ({
  type: 'integer',
  minimum,
  maximum,
  description,
});

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
};
