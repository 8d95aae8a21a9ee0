import { RuntimeError } from '../errors';
import { retryAfterMilliseconds } from './retry-after';

/** Whether another attempt may help: no, yes, or yes but not before so many milliseconds. */
export type Transience = boolean | { readonly afterMilliseconds: number };

/** Judges an error. It says two things at once: that a retry may help, and that the dependency is not well. */
export type TransientWhen = (error: unknown) => Transience;

// What Node, its HTTP clients and PostgreSQL (class 08, 57P01 to 57P03, 53300) say when a dependency is away for now.
const CODES =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|UND_ERR_\w+|08\w{3}|57P0[123]|53300)$/;
// Names of the AWS SDK (smithy's service-error-classification) that come with a status below 500.
const NAMES =
  /^(ThrottlingException|Throttling|TooManyRequestsException|RequestThrottled(Exception)?|ProvisionedThroughputExceededException|RequestLimitExceeded|SlowDown|PriorRequestNotComplete|RequestTimeout(Exception)?|TimeoutError)$/;

interface KnownShapes {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/**
 * The default judgement: what is away or asks for patience may come back; what was understood and refused (invalid,
 * conflicting, fenced, not active here) will be refused again.
 */
export function isTransient(error: unknown): Transience {
  if (error instanceof RuntimeError) return error.code === 'unavailable';
  if (typeof error !== 'object' || error === null) return false;
  const { name, code, status, $metadata, $response } = error as KnownShapes;
  const http = $metadata?.httpStatusCode ?? status;
  const again =
    (typeof code === 'string' && CODES.test(code)) ||
    (typeof name === 'string' && NAMES.test(name)) ||
    (typeof http === 'number' && (http === 429 || (http >= 500 && http !== 501)));
  const hint = again ? retryAfterMilliseconds($response?.headers?.['retry-after']) : undefined;
  return hint === undefined ? again : { afterMilliseconds: hint };
}
