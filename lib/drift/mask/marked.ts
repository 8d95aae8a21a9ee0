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
    .filter(secret => secret.length >= shortest && (secret.length >= WITHIN || !/^[a-z]+$/.test(secret)))
    .sort((left, right) => right.length - left.length || (left < right ? -1 : 1));
  if (within.length === 0) return text => (whole.has(text) ? MASK : text);
  const pattern = new RegExp(within.map(escaped).join('|'), 'g');
  return text => (whole.has(text) ? MASK : text.replace(pattern, MASK));
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
