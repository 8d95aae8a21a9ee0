import { type ErrorCode, HoldfastError } from '../errors';

/** Errors that say 4xx or nothing, and yet leave open whether a later try, or this one, succeeds. */
const TRANSIENT = [
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'PriorRequestNotComplete',
  'RequestTimeout',
  'RequestTimeoutException',
  'InternalFailure',
  'InternalServerError',
  'ServiceUnavailable',
  // A strongly consistent global table refuses a write that meets one in another Region; DynamoDB guide, "MRSC".
  'ReplicatedWriteConflictException',
  'ScalingActivityInProgress',
  'ScalingActivityInProgressFault',
];

interface SdkError extends Error {
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * The error of the family for an error of an SDK client: `unavailable` when it is unknown whether the provider
 * acted, `not-found` and `refused` when it definitely did not.
 */
export function fromSdk(error: unknown, what: string): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const { name = 'Error', message = String(error) } = error as Partial<SdkError>;
  return new HoldfastError(codeOf(error as SdkError), `${what}: ${name}: ${message}`, [], { cause: error });
}

function codeOf(error: SdkError): ErrorCode {
  if (error.name === 'CredentialsProviderError') return 'refused';
  const status = error.$metadata?.httpStatusCode ?? 0;
  const answered = error.$fault !== undefined && status >= 400;
  if (!answered || status >= 500 || status === 429 || TRANSIENT.includes(error.name)) return 'unavailable';
  return /NotFound/.test(error.name) ? 'not-found' : 'refused';
}
