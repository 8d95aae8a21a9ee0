import type { Read } from '../run/facts';

/** One check of a preflight. Three-valued: unknown is not clean (law 7). */
export interface Check {
  /** Stable id, by which an unknown check can be accepted. */
  readonly id: string;
  readonly state: 'ok' | 'failed' | 'unknown';
  /** What was found, one line. */
  readonly text: string;
  /** What to do. @default - nothing, the check is ok */
  readonly fix?: string;
  /** Whether a person accepted that this is unknown. */
  readonly accepted?: boolean;
}

/** It is as it should be. */
export const ok = (id: string, text: string): Check => ({ id, state: 'ok', text });

/** It is not, and no drill begins. */
export const failed = (id: string, text: string, fix: string): Check => ({ id, state: 'failed', text, fix });

/** Nobody can tell; a person may take it upon himself, by the check's name. */
export const unknown = (id: string, text: string, fix = 'make it readable, or'): Check => ({
  id,
  state: 'unknown',
  text,
  fix: `${fix} name it: --accept-unknown ${id}`,
});

/** Judges one fact, or says that it is unknown. */
export function judge<T>(id: string, fact: Read<T>, verdict: (value: T) => Check): Check {
  return 'unknown' in fact ? unknown(id, fact.unknown) : verdict(fact.value);
}
