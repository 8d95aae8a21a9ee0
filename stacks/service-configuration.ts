import type { Json, JsonSchema } from '../constructs/config/configuration-content';

/** Shape of the service's configuration (JSON Schema draft 4): what its run time accepts, and nothing more. */
export const SERVICE_SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['cacheSeconds'],
  properties: { cacheSeconds: { type: 'integer', minimum: 1, maximum: 3600 } },
};

/** The service's configuration at birth. */
export const SERVICE_CONFIGURATION: Json = { cacheSeconds: 60 };
