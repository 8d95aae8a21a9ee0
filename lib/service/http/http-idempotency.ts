import { HttpError, type HttpRequest } from './http-types';

const LONGEST = 128;

/**
 * The header `Idempotency-Key`, within the client that sent it: two clients that happen to choose the same key never get each
 * other's answer. A client is who signs in by a known API key. All others share one room, since an address is none: it
 * changes between a request and its repetition.
 *
 * @throws HttpError 400 when the header is missing or too long
 */
export function idempotencyKeyOf(request: Pick<HttpRequest, 'header' | 'client'>): string {
  const key = request.header('idempotency-key') ?? '';
  if (key.length < 1 || key.length > LONGEST) {
    throw new HttpError(
      400,
      'invalid-input',
      `the header Idempotency-Key must hold 1 to ${LONGEST} characters`,
    );
  }
  return withinClient(request, key);
}

/** A key within the client that sends it. */
export function withinClient(request: Pick<HttpRequest, 'client'>, key: string): string {
  const client = request.client();
  return client === undefined ? key : `${client} ${key}`;
}
