import { RuntimeError, type RuntimeErrorCode } from '../../runtime/errors';
import { type HttpAnswer, HttpError } from './http-types';

/** Facts that every refusal carries. */
export interface RefusalFacts {
  readonly region: string;
  readonly epoch: number | undefined;
  /** What a refused client is told to wait, in whole seconds. */
  readonly retryAfterSeconds: number;
  /** Whether work on a write had begun, so that it may have had its effect. @default false */
  readonly begun?: boolean;
}

const STATUS: Partial<Record<RuntimeErrorCode, number>> = {
  'invalid-input': 400,
  'key-reused': 422,
  'not-active': 503,
  fenced: 503,
  unavailable: 503,
  overloaded: 503,
  stale: 503,
  deadline: 504,
};

/** Turns anything thrown into `{ error: { code, message, ... } }`; what is not known is a 500 without details. */
export function errorAnswer(error: unknown, facts: RefusalFacts): HttpAnswer {
  if (error instanceof HttpError) {
    return {
      status: error.status,
      body: { error: { code: error.code, message: error.message, ...error.details } },
      headers: error.headers,
    };
  }
  const status = error instanceof RuntimeError ? STATUS[error.code] : undefined;
  if (!(error instanceof RuntimeError) || status === undefined) {
    return { status: 500, body: { error: { code: 'internal', message: 'the request failed on our side' } } };
  }
  const { message, problems } = error;
  if (status === 504) {
    const outcome = facts.begun ? 'unknown' : 'none';
    return { status, body: { error: { code: error.code, message, outcome } } };
  }
  if (status !== 503)
    return { status, body: { error: { code: error.code, message: summary(message), problems } } };
  // To a client a fenced writer is a Region that is not active.
  const code = error.code === 'fenced' ? 'not-active' : error.code;
  return {
    status,
    body: { error: { code, message, region: facts.region, epoch: facts.epoch } },
    headers: { 'retry-after': String(Math.max(1, Math.ceil(facts.retryAfterSeconds))) },
  };
}

/** The first line: the problems that follow it stand in their own field. */
function summary(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}
