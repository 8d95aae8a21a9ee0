/** Stacks, or resources, that are asked about at a time. The APIs answer few calls a second. */
export const AT_A_TIME = 8;

/** What `act` makes of each item, in the order of the items, of which a few are under way at a time. */
export async function inParallel<T, R>(
  items: readonly T[],
  act: (item: T) => Promise<R>,
  atATime = AT_A_TIME,
): Promise<readonly R[]> {
  const results: R[] = new Array(items.length);
  const entries = items.entries();
  const work = async () => {
    for (const [place, item] of entries) results[place] = await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, work));
  return results;
}
