import { assertRules, matching, type Rule, wholeNumber } from '../validation';
import type { GlobalDatabaseProps } from './global-database-props';

/** Lowest value that `rds.global_db_rpo` takes, in seconds (Aurora User Guide, managing RPOs). */
const LOWEST_BOUND_SECONDS = 20;
const IDENTIFIER = /^[a-z](?!.*--)[a-z0-9-]{0,61}[a-z0-9]$/;
const IDENTIFIER_FIX = 'take it from lib/naming: 2 to 63 lower-case letters, digits and single hyphens';

/**
 * @param construct class name and path
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateGlobalDatabase(construct: string, props: GlobalDatabaseProps): void {
  const point = props.recoveryPoint;
  const bound = point?.kind === 'bounded' ? point.bound.toSeconds() : LOWEST_BOUND_SECONDS;
  assertRules(construct, [
    wholeNumber('instances', props.instances ?? 2, 2, 15),
    wholeNumber('backupRetention (days)', props.backupRetention?.toDays() ?? 14, 1, 35),
    wholeNumber('port', props.port ?? 5433, 1150, 65535),
    bound < LOWEST_BOUND_SECONDS && {
      path: 'recoveryPoint.bound',
      received: bound,
      message: `rds.global_db_rpo takes ${LOWEST_BOUND_SECONDS} seconds at the least`,
      fix: 'raise the bound, or watch the lag with { kind: "alarmed" }',
    },
    matching('engineVersion', props.engineVersion, /^\d+\.\d+$/, 'write major and minor, such as 16.6'),
    matching('globalClusterIdentifier', props.globalClusterIdentifier, IDENTIFIER, IDENTIFIER_FIX),
    matching('clusterIdentifier', props.clusterIdentifier, IDENTIFIER, IDENTIFIER_FIX),
    memberRule(props),
  ]);
}

/** JavaScript callers and casts can still do what the type forbids, and AWS then says "Invalid master password". */
function memberRule({ member }: GlobalDatabaseProps): Rule {
  if (member.kind === 'seed') {
    return matching(
      'member.databaseName',
      member.databaseName,
      /^[a-zA-Z]\w{0,62}$/,
      'use 1 to 63 letters, digits and underscores, a letter first',
    );
  }
  const { databaseName, masterUsername } = member as { databaseName?: string; masterUsername?: string };
  if (databaseName === undefined && masterUsername === undefined) return undefined;
  return {
    path: 'member',
    received: { databaseName, masterUsername },
    message: 'a secondary takes its databases and users from the global cluster',
    fix: 'leave both out',
  };
}
