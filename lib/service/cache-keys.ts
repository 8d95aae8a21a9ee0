/**
 * Keys on the shared cache server. All of an application begin with its name, which is what its user may touch; beyond
 * that each kind has a beginning of its own, so that clearing the cache takes no client's count back.
 */

/** What every key of the cache begins with; `Cache.clear` removes those and no other. */
export const cachePrefix = (application: string): string => `${application}:cache:`;

/** What every key of a client's limits begins with. */
export const limitPrefix = (application: string): string => `${application}:limit`;

/** Beginning of the keys of a home, in the place of its application's. */
export const keyScope = ({
  application,
  home,
}: {
  readonly application: string;
  readonly home?: string;
}): string => (home === undefined ? application : `${application}:${home}`);
