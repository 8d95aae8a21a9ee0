import { CONSISTENCY_HEADER, parseConsistency } from '../../runtime/reads/consistency';
import type { ConsistentRead, ReadRequest } from '../../runtime/reads/consistent-reads';
import { POSITION_HEADER, parsePosition } from '../../runtime/reads/read-position';
import type { HttpRequest } from './http-types';

/**
 * What a reader asks for, by `?consistency=` (which wins) or the header, and by its position; undefined when it asks
 * for nothing, and then whatever is nearest will do, the cache included. @throws RuntimeError `invalid-input`
 */
export function askedConsistency(request: HttpRequest): ReadRequest | undefined {
  const text = request.query().get('consistency') ?? request.header(CONSISTENCY_HEADER);
  const position = request.header(POSITION_HEADER);
  const consistency = parseConsistency(text ?? 'any');
  if (position !== undefined) return { consistency, after: parsePosition(position) };
  return consistency.kind === 'any' ? undefined : { consistency };
}

/** Who answered, how old it may be at most, and why it was the leader after all. */
export function readHeaders(read: ConsistentRead<unknown>): Record<string, string> {
  const headers: Record<string, string> = { 'x-holdfast-read': read.from };
  if (read.from === 'follower') {
    const { lagMilliseconds } = read;
    headers['x-holdfast-lag-ms'] =
      lagMilliseconds === undefined ? 'unknown' : String(Math.ceil(lagMilliseconds));
  }
  if (read.reason !== undefined) headers['x-holdfast-read-reason'] = read.reason;
  return headers;
}
