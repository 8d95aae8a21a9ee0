import { MASK } from './look-alike';
import type { MaskMarked } from './values';

/** A secret of fewer letters, or a plain word, would take half a report with it; it is masked as a whole value only. */
const WITHIN = 8;

/**
 * Replaces every marked text, wherever it stands in a text.
 *
 * @param shortest letters from which on a marked text is looked for within others
 */
export function markedTexts(secrets: readonly string[], shortest = 4): MaskMarked {
  const usable = [...new Set(secrets)].filter(secret => secret !== '');
  const whole = new Set(usable.filter(secret => secret.length >= 2 && !/^(?:true|false)$/.test(secret)));
  const within = usable
    .filter(secret => !MASK.includes(secret))
    .filter(secret => secret.length >= shortest && (secret.length >= WITHIN || !/^[a-z]+$/.test(secret)))
    .sort((left, right) => right.length - left.length || (left < right ? -1 : 1));
  // One after the other, and not as one expression: a key of many pages is larger than any expression may be.
  const hide = (text: string, secret: string) =>
    secret.length <= text.length && text.includes(secret) ? text.replaceAll(secret, () => MASK) : text;
  return text => (whole.has(text) ? MASK : within.reduce(hide, text));
}
