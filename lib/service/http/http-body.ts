import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-types';

/** Largest body that is read, in bytes. */
export const BODY_LIMIT = 16 * 1024;

/** Reads a JSON body of at most `BODY_LIMIT` bytes. @throws HttpError 400 or 413 */
export async function readJson(message: IncomingMessage): Promise<unknown> {
  if (Number(message.headers['content-length'] ?? 0) > BODY_LIMIT) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > BODY_LIMIT) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, 'invalid-input', 'the body ended early');
  }
  return parseJson(Buffer.concat(chunks));
}

/** The JSON of a body that is there as a whole. @throws HttpError 400 or 413 */
export function parseJson(body: Buffer): unknown {
  if (body.length > BODY_LIMIT) throw tooLarge();
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new HttpError(400, 'invalid-input', 'the body is not JSON');
  }
}

function tooLarge(): HttpError {
  // What is left of the body is not read, so the connection cannot be used again.
  const headers = { connection: 'close' };
  return new HttpError(413, 'too-large', `the body is larger than ${BODY_LIMIT} bytes`, headers);
}
