import { RuntimeError } from '../errors';
import { expired, remaining } from './deadline';

/**
 * Carries the milliseconds that are left, as a whole number. A span and not an instant, since the clocks of two hosts
 * differ; what the way itself takes is the allowance of {@link deadlineHeaders}.
 */
export const DEADLINE_HEADER = 'x-holdfast-deadline-ms';

/**
 * What one hop takes off for the network, both ways, in milliseconds: a round trip between zones is under 2 ms, and a
 * callee that answers in the last moment is heard by nobody.
 */
export const NETWORK_ALLOWANCE_MILLISECONDS = 5;

/**
 * The header for a call to another service: what is left here, less the allowance. Nothing outside of a scope.
 *
 * @param allowanceMilliseconds @default NETWORK_ALLOWANCE_MILLISECONDS
 * @throws RuntimeError `deadline` when nothing would be left: the call would be work for nobody
 */
export function deadlineHeaders(
  allowanceMilliseconds = NETWORK_ALLOWANCE_MILLISECONDS,
): Readonly<Record<string, string>> {
  const left = remaining();
  if (left === Number.POSITIVE_INFINITY) return {};
  const milliseconds = Math.floor(left - allowanceMilliseconds);
  if (milliseconds <= 0) throw expired();
  return { [DEADLINE_HEADER]: String(milliseconds) };
}

/**
 * How long a request may take here: what its caller has left, and never more than our own limit, so that no header
 * keeps us busy for longer than we would be without it.
 *
 * @param header value of {@link DEADLINE_HEADER}; undefined when the request has none
 * @throws RuntimeError `invalid-input` when it is no whole number of milliseconds (a guess would either cut a caller
 * off or work for one who has gone); `deadline` when it is 0
 */
export function admittedMilliseconds(
  header: string | readonly string[] | undefined,
  limitMilliseconds: number,
): number {
  if (header === undefined) return limitMilliseconds;
  if (typeof header !== 'string' || !/^\d{1,9}$/.test(header)) {
    throw new RuntimeError('invalid-input', 'the deadline of the request cannot be read', [
      {
        path: DEADLINE_HEADER,
        received: typeof header === 'string' ? header.slice(0, 40) : header.length,
        message: 'must be one whole number of milliseconds, at most 9 digits',
        fix: 'send what is left of your own time, such as 1500, or leave the header out',
      },
    ]);
  }
  const milliseconds = Number(header);
  if (milliseconds === 0) throw expired();
  return Math.min(milliseconds, limitMilliseconds);
}
