import { reasonOf } from '../errors';

/** A message that cannot be worked, set aside whole with the reason, so that a person or a replay can judge it. */
export interface ParkedMessage {
  /** Id of the message in its queue; with the queue it names the message, so parking twice is parking once. */
  readonly id: string;
  /** Queue it came from: ARN or URL. */
  readonly queue: string;
  readonly region: string;
  /** The body as it came, which may be no JSON. */
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Why it was not worked, for people. */
  readonly reason: string;
  /** Code of the error, for machines; `unknown` where it has none. */
  readonly code: string;
  /** How often it was received when it was parked. */
  readonly receiveCount: number;
  readonly correlationId: string;
}

/**
 * Where messages are parked. A message is removed from its queue only after `park` resolved: a crash in between
 * brings it again, and it is parked again under the same name.
 */
export interface Parking {
  /** Parks a message; one that is parked already stays as it is. Rejects when it is not parked. */
  park(message: ParkedMessage): Promise<void>;
}

/** Receives after which a message that fails for its own fault is parked. @default 5, as the queue's own maximum */
export const PARK_AFTER = 5;

/** Codes that no repetition changes: the message has a wrong shape, or asks something else under a used key. */
const NEVER = new Set(['invalid-input', 'key-reused']);
/** Codes of the world's faults, which say nothing about the message. */
const PASSING = new Set(['not-active', 'fenced', 'unavailable', 'aborted']);

/** The code of an error, by its field: the work comes with a module of its own and so with classes of its own. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && code !== '' ? code : 'unknown';
}

/** Whether a message that failed with `error` can never be worked. */
export const canNeverWork = (error: unknown): boolean => NEVER.has(codeOf(error));

/** Whether a message is to be parked: at once when it can never be worked, else after `parkAfter` receives. */
export function shouldPark(error: unknown, receiveCount: number, parkAfter: number = PARK_AFTER): boolean {
  if (canNeverWork(error)) return true;
  return !PASSING.has(codeOf(error)) && receiveCount >= parkAfter;
}

/** The reason and the code under which an error is parked. */
export const parkedFor = (error: unknown): Pick<ParkedMessage, 'reason' | 'code'> => ({
  reason: reasonOf(error),
  code: codeOf(error),
});
