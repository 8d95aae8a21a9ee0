import type { Problem } from '../../lib/errors';
import type { Draft } from '../draft';

/** Least RPO that Aurora can hold by holding commits back (`rds.global_db_rpo`). */
export const LEAST_BOUNDED_RPO_SECONDS = 20;
/** Instances of the primary cluster: a writer and 15 readers, less one for each secondary Region. */
const MOST_PRIMARY_INSTANCES = 16;

/**
 * The global database can exist and keep its bound. Source: Aurora user guide, configuration requirements of a global
 * database (instance classes, counts) and `rds.global_db_rpo`.
 */
export function databaseProblems(draft: Draft): readonly Problem[] {
  return [...boundProblems(draft), ...classProblems(draft), ...countProblems(draft)];
}

function boundProblems({ database, rpoSeconds }: Draft): readonly Problem[] {
  if (database.rpoBasis !== 'bounded') return [];
  if (rpoSeconds === undefined || rpoSeconds >= LEAST_BOUNDED_RPO_SECONDS) return [];
  return [
    {
      path: 'objectives.rpoSeconds',
      received: rpoSeconds,
      message: `is below ${LEAST_BOUNDED_RPO_SECONDS}, the least that rds.global_db_rpo can bound`,
      fix: `use ${LEAST_BOUNDED_RPO_SECONDS} or more, or database.rpoBasis 'alarmed'`,
    },
  ];
}

function classProblems({ database }: Draft): readonly Problem[] {
  if (database.instanceClass?.startsWith('db.t') !== true) return [];
  return [
    {
      path: 'database.instanceClass',
      received: database.instanceClass,
      message: 'is burstable, and a global database requires a memory-optimised class',
      fix: 'use a class such as db.r7g.large',
    },
  ];
}

function countProblems({ database, regions }: Draft): readonly Problem[] {
  const secondaries = Math.max(0, (regions?.length ?? 0) - 1);
  const most = MOST_PRIMARY_INSTANCES - secondaries;
  if (database.instancesPerRegion === undefined || database.instancesPerRegion <= most) return [];
  return [
    {
      path: 'database.instancesPerRegion',
      received: database.instancesPerRegion,
      message: `is more than ${most}, the most of a primary cluster with ${secondaries} secondary Regions`,
      fix: `use ${most} or fewer`,
    },
  ];
}
