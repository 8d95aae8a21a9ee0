/**
 * Spreads a hot key over several, each with a shard of its own. How many is said by a document that all processes read
 * (`RingDocument.spread`), since readers must look wherever any writer may have written. A number may rise at any time;
 * before it falls, what lies under the sub-keys that go must be added to those that stay.
 */
export type KeySpread = Readonly<Record<string, number>>;

/** All sub-keys of a key; the key itself is the first, and the only one of a key that is not spread. */
export function subKeysOf(spread: KeySpread, key: string): readonly string[] {
  const count = Object.hasOwn(spread, key) ? (spread[key] ?? 1) : 1;
  return Array.from({ length: Math.max(1, count) }, (_, number) => (number === 0 ? key : `${key}~${number}`));
}

/**
 * One sub-key. For a *counter*: add to this one, and read the sum over `subKeysOf`; nothing is lost or counted twice, the
 * sum is of no single moment. For a *copy to read*: write to all of them, the first last, and read from this one; a
 * reading may be older than the last write that was acknowledged elsewhere, so read the first where that matters.
 *
 * @param random from 0 to below 1
 */
export function anySubKey(spread: KeySpread, key: string, random: () => number): string {
  const all = subKeysOf(spread, key);
  return all[Math.floor(random() * all.length)] as string;
}
