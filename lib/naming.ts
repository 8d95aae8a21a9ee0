/**
 * Names on which the Regions agree without referring to each other (law 3): each is a pure function of the
 * topology's application name, a Region and a colour, so that any Region can be deployed alone.
 */

/** The two clone groups of a Region's service. */
export type Colour = 'blue' | 'green';
/** Both colours, in the order in which they are declared. */
export const COLOURS: readonly Colour[] = ['blue', 'green'];

/** The stacks of a Region, in the order of their birth. */
export const LAYERS = ['foundation', 'network', 'data', 'service', 'operations', 'dns'] as const;
/** One stack of a Region. */
export type Layer = (typeof LAYERS)[number];

/** CloudFormation stack name, the same in every Region: `orders-network`. */
export const stackName = (application: string, layer: Layer): string => `${application}-${layer}`;
/** The strongly consistent table of register, leases and drill lock. */
export const registerTableName = (application: string): string => `${application}-register`;
/** Aurora global cluster identifier. */
export const globalClusterIdentifier = (application: string): string => `${application}-global`;
/** Aurora cluster identifier of a Region. */
export const clusterIdentifier = (application: string, region: string): string => `${application}-${region}`;
/** ElastiCache replication group id of a Region (global datastores add a prefix of their own). */
export const cacheIdentifier = (application: string, region: string): string => `${application}-${region}`;
/** Work queue of a Region. */
export const queueName = (application: string): string => `${application}-work`;
/** Where messages go that could not be worked. */
export const deadLetterQueueName = (application: string): string => `${application}-work-dead`;
/** Auto Scaling group of the service's clones of one colour. */
export const cloneGroupName = (application: string, colour: Colour): string => `${application}-${colour}`;
/** Auto Scaling group of the workers. */
export const workerGroupName = (application: string): string => `${application}-worker`;
/** Application Load Balancer of a Region. */
export const loadBalancerName = (application: string): string => application;
/** Target group of one colour. */
export const targetGroupName = (application: string, colour: Colour): string => `${application}-${colour}`;
/** Path of a live setting in the Region's Parameter Store. */
export const liveSettingName = (application: string, setting: string): string =>
  `/${application}/live/${setting}`;
/** Where a release names what new clones of a group run. */
export const buildParameterName = (application: string, group: string): string =>
  liveSettingName(application, `build/${group}`);
/** Where a gate keeps its last answer in its own Region. */
export const gateMemoryName = (application: string, home?: string): string =>
  `/${application}/gate/last-answer${home === undefined ? '' : `/${home}`}`;
/** Where a person leaves word that a deploy may go through while a drill is under way. */
export const breakGlassName = (application: string): string => `/${application}/interlock/break-glass`;
/** AppConfig environment; the application carries the topology's name and the profile is `service`. */
export const CONFIG_ENVIRONMENT = 'live';
/** AppConfig profile of the service's own configuration. */
export const CONFIG_PROFILE = 'service';
/** AppConfig profile of the service's feature flags. */
export const FLAGS_PROFILE = 'flags';
/** The service's name: `orders.example.com`. */
export const serviceHost = (recordName: string, zoneName: string): string => `${recordName}.${zoneName}`;
/** A Region's own name, used by probes and people, never by clients: `us-west-2.orders.example.com`. */
export const regionHost = (region: string, host: string): string => `${region}.${host}`;
/** The gate of a Region: `gate-us-west-2.orders.example.com`. */
export const gateHost = (region: string, host: string): string => `gate-${region}.${host}`;
/**
 * Name of a level of the failover chain: the service's own name on top (level 0), and below it the names of chains
 * longer than two Regions: `chain-1.orders.example.com`. Made at birth; clients never see them.
 */
export const chainHost = (level: number, host: string): string =>
  level === 0 ? host : `chain-${level}.${host}`;
/** Name for reads that any Region may answer: `read.orders.example.com`. */
export const readHost = (host: string): string => `read.${host}`;
/** Name of one home of an active-active application: `home-eu.orders.example.com`. */
export const homeHost = (home: string, host: string): string => `home-${home}.${host}`;
/**
 * Prefix of what belongs to one home of an active-active application: its database, queues and reports. An application
 * without homes has its own name there.
 */
export const homeScope = (application: string, home?: string): string =>
  home === undefined ? application : `${application}-${home}`;
/** Stack of a home's data in a Region: `orders-data-eu`. */
export const homeStackName = (application: string, home?: string): string =>
  home === undefined ? stackName(application, 'data') : `${stackName(application, 'data')}-${home}`;
/** Partition key of a home's own item in the register's table, with an epoch of its own. */
export const homeRegisterKey = (home: string): string => homeItemKey('register', home);
/**
 * Partition key of what each home has of its own in the register's table: its record, its drill lock and the copy of its
 * drill's journal. Homes are moved at the same time where a Region is lost, and their epochs are not to be compared.
 */
export const homeItemKey = (key: string, home?: string): string =>
  home === undefined ? key : `${key}/${home}`;
/** Role that drills assume in a Region; IAM is global, so each Region's has a name of its own. */
export const operatorRoleName = (application: string, region: string): string =>
  `${application}-operator-${region}`;
/** Alias of the key that encrypts a Region's data. */
export const dataKeyAlias = (application: string): string => `alias/${application}-data`;
/** User as which clients sign in to a Region's cache. */
export const cacheUserName = (application: string): string => `${application}-service`;
/** Bucket of a store in a Region; bucket names are shared by everybody, so the account is in it. */
export const bucketName = (application: string, store: string, account: string, region: string): string =>
  `${application}-${store}-${account}-${region}`;
/** Bucket from which the clones of a Region boot. */
export const artifactBucketName = (application: string, account: string, region: string): string =>
  bucketName(application, 'artifacts', account, region);
/** Glue database of the changes that reports read: words and underscores alone. */
export const reportsDatabaseName = (application: string): string =>
  `${application.replaceAll('-', '_')}_changes`;
/** Backup vault of a Region; copies from other Regions go to the same name there. */
export const backupVaultName = (application: string): string => `${application}-backups`;
/** Name from which the identifiers of one shard are made, as those of an application are. */
export const shardName = (application: string, shard: string): string => `${application}-${shard}`;
/** Where a Region publishes the ring of a sharded database. */
export const shardRingName = (application: string): string => `/${application}/shards/ring`;
/** Where a Region publishes the endpoints of its own members of the shards. */
export const shardEndpointsName = (application: string): string => `/${application}/shards/endpoints`;
/** Alarm of a service level at one speed of burning: `orders-slo-place-order-fast`. */
export const serviceLevelAlarmName = (application: string, level: string, rate: string): string =>
  `${application}-slo-${level}-${rate}`;
/** Canary of a Region, named by what it asks for: `orders-service-from-us-west-2`. */
export const canaryName = (application: string, target: string, region: string): string =>
  `${application}-${target}-from-${region}`;
/** Whether an alarm is one window of a service level, which tells nobody by itself. */
export const isHalfOfAlarm = (name: string): boolean => /-slo-.+-(long|short)$/.test(name);
/** Names of the parts that a release turns, as the run time's `ReleaseNames` has them. */
export function releaseNames(application: string, table = registerTableName(application)) {
  const byColour = (name: typeof cloneGroupName) => ({
    blue: name(application, 'blue'),
    green: name(application, 'green'),
  });
  return {
    alarmPrefix: `${application}-`,
    loadBalancer: loadBalancerName(application),
    targetGroups: byColour(targetGroupName),
    groups: byColour(cloneGroupName),
    settings: liveSettingName(application, '').replace(/\/$/, ''),
    table,
  };
}
