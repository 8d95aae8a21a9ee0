import type { CacheEngine } from './cache-tier-props';

/** Version that is taken when none is asked for. */
export const DEFAULT_ENGINE_VERSIONS: Readonly<Record<CacheEngine, string>> = { valkey: '8.0', redis: '7.1' };

/** Family of parameter groups: `valkey8` for Valkey 8.0, `redis7` for Redis 7.1. */
export const parameterFamily = (engine: CacheEngine, version: string): string =>
  `${engine}${version.split('.')[0]}`;

/**
 * Why a node type cannot be a member of a global datastore, or undefined when it can: large at the least, and no older
 * than m5 and r5 (ElastiCache User Guide, global datastores, prerequisites and limitations).
 */
export function globalDatastoreObstacle(nodeType: string): string | undefined {
  const [, family = '', size = ''] = nodeType.split('.');
  const generation = /^[mr](\d+)/.exec(family)?.[1];
  if (generation === undefined || Number(generation) < 5) return 'takes m5, r5 and later families only';
  return size.endsWith('large') ? undefined : 'takes large nodes and up';
}
