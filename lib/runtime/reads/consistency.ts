import { RuntimeError } from '../errors';

/**
 * What a reader asks for. `any`: whatever is nearest. `bounded`: no older than so many milliseconds. `strong`: every
 * write acknowledged before the read, from the leader under its lease.
 */
export type Consistency =
  | { readonly kind: 'any' }
  | { readonly kind: 'bounded'; readonly milliseconds: number }
  | { readonly kind: 'strong' };

/** The header in which a reader says it; the query parameter `consistency` says the same. */
export const CONSISTENCY_HEADER = 'x-holdfast-consistency';

/** Longest staleness that can be asked for, in seconds: what is older than a day should be asked for as `any`. */
const LONGEST = 86_400;

/** Reads `any`, `strong` or `bounded:<seconds>`. @throws RuntimeError `invalid-input` */
export function parseConsistency(text: string): Consistency {
  if (text === 'any' || text === 'strong') return { kind: text };
  const seconds = Number(/^bounded:(\d{1,5}(?:\.\d{1,3})?)$/.exec(text)?.[1] ?? Number.NaN);
  if (seconds <= LONGEST) return { kind: 'bounded', milliseconds: seconds * 1000 };
  throw new RuntimeError('invalid-input', 'the consistency cannot be read', [
    {
      path: 'consistency',
      received: text.slice(0, 40),
      message: 'is unknown',
      fix: `use any, strong or bounded:<seconds>, at most ${LONGEST}`,
    },
  ]);
}
