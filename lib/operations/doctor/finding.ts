import { reasonOf } from '../../runtime/errors';

/** What one look found. Three-valued: unknown is not clean (law 7). */
export interface Finding {
  /** Stable id, such as `python` or `bootstrap us-west-2`. */
  readonly id: string;
  readonly state: 'ok' | 'missing' | 'unknown';
  /** What was found, one line. */
  readonly text: string;
  /** What to do. @default - nothing, it is as it should be */
  readonly fix?: string;
}

/** It is as it should be. */
export const fine = (id: string, text: string): Finding => ({ id, state: 'ok', text });
/** It is not, and this mends it. */
export const missing = (id: string, text: string, fix: string): Finding => ({
  id,
  state: 'missing',
  text,
  fix,
});

/** Looks, and calls unknown what could not be looked at. */
export async function looked(id: string, fix: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return { id, state: 'unknown', text: reasonOf(error).split('\n', 1)[0] ?? '', fix };
  }
}
