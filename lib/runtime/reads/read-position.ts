import { RuntimeError } from '../errors';

/**
 * A place in the database's log, as a client carries it from its write to its next read. The epoch belongs to it: the
 * log of another epoch is another history, in which the same number means something else or the write is not at all.
 */
export interface ReadPosition {
  readonly epoch: number;
  readonly lsn: bigint;
}

/** The header that carries a position, in answers to writes and in requests to read. */
export const POSITION_HEADER = 'x-holdfast-position';

/** A position as text, such as `7-16b3748`. Opaque to clients. */
export function formatPosition({ epoch, lsn }: ReadPosition): string {
  return `${epoch}-${lsn.toString(16)}`;
}

/** Reads a position. @throws RuntimeError `invalid-input` */
export function parsePosition(text: string): ReadPosition {
  const match = /^(\d{1,15})-([0-9a-f]{1,16})$/.exec(text);
  if (match === null) {
    throw new RuntimeError('invalid-input', 'the position cannot be read', [
      {
        path: POSITION_HEADER,
        received: text.slice(0, 40),
        message: 'is not a position',
        fix: 'send what the answer to the write carried, unchanged',
      },
    ]);
  }
  return { epoch: Number(match[1]), lsn: BigInt(`0x${match[2]}`) };
}
