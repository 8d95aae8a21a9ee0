import { assertRules, matching, type Rule, wholeNumber } from '../validation';
import { engineOf } from './database-engine';
import type { GlobalDatabaseProps } from './global-database-props';
import { subnetRule } from './subnet-rules';

/** Lowest value that `rds.global_db_rpo` takes, in seconds (Aurora User Guide, managing RPOs). */
const LOWEST_BOUND_SECONDS = 20;
/** Most units of an instance (Aurora User Guide, Serverless v2 capacity). */
const MOST_UNITS = 256;
/** Class of instances that scale. */
const SERVERLESS = 'db.serverless';
const TIME = '([01]\\d|2[0-3]):[0-5]\\d';
const DAILY = new RegExp(`^${TIME}-${TIME}$`);
const DAY = '(mon|tue|wed|thu|fri|sat|sun)';
const WEEKLY = new RegExp(`^${DAY}:${TIME}-${DAY}:${TIME}$`);
/** Form of a name of RDS. */
export const IDENTIFIER = /^[a-z](?!.*--)[a-z0-9-]{0,61}[a-z0-9]$/;
/** What to do about a name that is none. */
export const IDENTIFIER_FIX =
  'take it from lib/naming: 2 to 63 lower-case letters, digits and single hyphens';

/**
 * @param construct class name and path
 * @throws HoldfastError `invalid-input` with every wrong value
 */
export function validateGlobalDatabase(construct: string, props: GlobalDatabaseProps): void {
  const engine = engineOf(props);
  assertRules(construct, [
    wholeNumber('instances', props.instances ?? 2, 2, 15),
    wholeNumber('backupRetention (days)', props.backupRetention?.toDays() ?? 14, 1, 35),
    wholeNumber('port', props.port ?? engine.defaultPort, 1150, 65535),
    subnetRule(props),
    recoveryPointRule(props),
    matching(
      'engineVersion',
      props.engineVersion,
      engine.version.form,
      `write it as ${engine.name} does, such as ${engine.version.example}`,
    ),
    matching('backupWindow', props.backupWindow ?? '00:00-00:30', DAILY, 'write it as 03:00-03:30, in UTC'),
    matching(
      'maintenanceWindow',
      props.maintenanceWindow ?? 'sun:00:00-sun:00:30',
      WEEKLY,
      'write it as sun:04:00-sun:04:30, in UTC',
    ),
    ...capacityRules(props),
    matching('globalClusterIdentifier', props.globalClusterIdentifier, IDENTIFIER, IDENTIFIER_FIX),
    matching('clusterIdentifier', props.clusterIdentifier, IDENTIFIER, IDENTIFIER_FIX),
    memberRule(props),
    userRule(props),
  ]);
}

function recoveryPointRule({ recoveryPoint: point, engine }: GlobalDatabaseProps): Rule {
  if (point?.kind !== 'bounded') return undefined;
  const fix = 'watch the lag with { kind: "alarmed" }';
  if (engine === 'mysql') {
    return {
      path: 'recoveryPoint',
      received: point.kind,
      message: 'Aurora MySQL has nothing that bounds the loss of a failover',
      fix,
    };
  }
  const seconds = point.bound.toSeconds();
  if (seconds >= LOWEST_BOUND_SECONDS) return undefined;
  return {
    path: 'recoveryPoint.bound',
    received: seconds,
    message: `rds.global_db_rpo takes ${LOWEST_BOUND_SECONDS} seconds at the least`,
    fix: `raise the bound, or ${fix}`,
  };
}

function capacityRules({
  instanceClass,
  serverlessCapacity: capacity,
}: GlobalDatabaseProps): readonly Rule[] {
  const serverless = instanceClass === SERVERLESS;
  if (capacity === undefined || !serverless) {
    return [
      (capacity !== undefined) !== serverless && {
        path: 'serverlessCapacity',
        received: { instanceClass, serverlessCapacity: capacity },
        message: 'a capacity range and a class that scales need each other',
        fix: `give both instanceClass "${SERVERLESS}" and serverlessCapacity, or neither`,
      },
      matching('instanceClass', instanceClass, /^db\.[a-z0-9-]+(\.[a-z0-9]+)?$/, 'write it as db.r7g.large'),
    ];
  }
  return [
    unitsRule('serverlessCapacity.minimum', capacity.minimum, 0.5),
    unitsRule('serverlessCapacity.maximum', capacity.maximum, 1),
    capacity.minimum > capacity.maximum && {
      path: 'serverlessCapacity',
      received: capacity,
      message: 'the least is more than the most',
      fix: 'lower the minimum or raise the maximum',
    },
  ];
}

/** Capacity comes in halves (Aurora User Guide, Serverless v2 capacity). */
function unitsRule(path: string, units: number, least: number): Rule {
  if (units >= least && units <= MOST_UNITS && Number.isInteger(units * 2)) return undefined;
  return {
    path,
    received: units,
    message: 'not a number of capacity units',
    fix: `use ${least} to ${MOST_UNITS} in halves; 0 would pause a member that must take over`,
  };
}

/** RDS takes fewer characters for MySQL, and refuses at deploy only. */
function userRule({ member, engine }: GlobalDatabaseProps): Rule {
  if (member.kind !== 'seed' || member.masterUsername === undefined) return undefined;
  return engine === 'mysql'
    ? matching(
        'member.masterUsername',
        member.masterUsername,
        /^[a-zA-Z][a-zA-Z0-9]{0,15}$/,
        'use 1 to 16 letters and digits, a letter first',
      )
    : matching(
        'member.masterUsername',
        member.masterUsername,
        /^[a-zA-Z]\w{0,62}$/,
        'use 1 to 63 letters, digits and underscores, a letter first',
      );
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
  const { databaseName, masterUsername, globalCluster, secretReplicas } = member as Readonly<
    Record<string, unknown>
  >;
  const given = { databaseName, masterUsername, globalCluster, secretReplicas };
  if (Object.values(given).every(value => value === undefined)) return undefined;
  return {
    path: 'member',
    received: given,
    message: 'a secondary takes its databases and users from the global cluster',
    fix: 'leave them out',
  };
}
