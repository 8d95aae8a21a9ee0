import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { RDS_CERTIFICATES_FILE } from '../constructs/compute/user-data';
import type { CacheTier } from '../constructs/data/cache-tier';
import { HoldfastError } from '../lib/errors';
import { homeRegisterKey, registerTableName } from '../lib/naming';
import { clientPolicy, clientPolicyPairs, regionCapacity, residencyRules } from '../regions';
import type { HomeData } from './home-data';
import { homeNames, type RegionContext } from './region-context';

/** What the processes of a Region talk to. */
export interface ServiceDependencies {
  /** What each home has of its own. */
  readonly homes: readonly (HomeData & { readonly queue?: IQueue })[];
  readonly cache: CacheTier;
  /** `<AppConfig application>/<environment>/<profile>`. */
  readonly configuration: string;
  /** Where processes deliver what they tell. */
  readonly logGroup: ILogGroup;
  /** The same of the feature flags. */
  readonly flags: string;
}

/** Database user of clones and workers; it signs in by IAM and exists in the database since birth. */
export const DATABASE_USER = 'service';

const ANALYTICS_STORE = 'HOLDFAST_ANALYTICS_STORE';

/** Environment of clones and workers: names and endpoints of this Region alone, and no secret. */
export function serviceEnvironment(
  context: RegionContext,
  { homes, cache, configuration, flags, logGroup }: ServiceDependencies,
): Readonly<Record<string, string>> {
  const { topology, region } = context;
  return {
    HOLDFAST_APPLICATION: topology.application,
    HOLDFAST_REGISTER_TABLE: registerTableName(topology.application),
    HOLDFAST_LEASE_SECONDS: String(topology.recovery.leaseSeconds),
    HOLDFAST_LEASE_MARGIN_SECONDS: String(topology.recovery.leaseMarginSeconds),
    HOLDFAST_DATABASE_NAME: topology.database.databaseName,
    HOLDFAST_DATABASE_USER: DATABASE_USER,
    HOLDFAST_DATABASE_AUTH: 'iam',
    HOLDFAST_DATABASE_CA: RDS_CERTIFICATES_FILE,
    HOLDFAST_CACHE_URL: `rediss://${cache.primaryEndpointAddress}:${cache.port}`,
    HOLDFAST_CACHE_AUTH: `iam:${cache.replicationGroupId}:${cache.userName}`,
    HOLDFAST_CONFIG: configuration,
    HOLDFAST_FLAGS: flags,
    HOLDFAST_LOG_GROUP: logGroup.logGroupName,
    HOLDFAST_CLONES: String(regionCapacity(topology, region).minimumClones),
    HOLDFAST_CLIENT_POLICY: clientPolicyPairs(clientPolicy(topology)),
    ...(homeNames(context) === undefined ? {} : { HOLDFAST_HOMES: homeNames(context)?.join(',') }),
    ...Object.assign({}, ...homes.map(homeEnvironment)),
  };
}

/** What a home has of its own. */
function homeEnvironment({ context, database, queue }: ServiceDependencies['homes'][number]) {
  const { home } = context.topology;
  return variablesOf(home, {
    HOLDFAST_DATABASE_HOST: database.clusterEndpointAddress,
    HOLDFAST_DATABASE_READER_HOST: database.readerEndpointAddress,
    HOLDFAST_DATABASE_PORT: String(database.port),
    HOLDFAST_QUEUE_URL: queue?.queueUrl ?? '',
    ...(home === undefined ? {} : { HOLDFAST_REGISTER_KEY: homeRegisterKey(home) }),
    ...residencyEnvironment(context.topology),
  });
}

/** Variables as a home has them, with its name in theirs: HOLDFAST_HOME_EAST_DATABASE_HOST. */
const variablesOf = (
  home: string | undefined,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  const prefix = home === undefined ? 'HOLDFAST_' : `HOLDFAST_HOME_${home.toUpperCase()}_`;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name.replace('HOLDFAST_', prefix), value]),
  );
};

/** Environment of workers, who deliver changes as well. */
export function workerEnvironment(
  environment: Readonly<Record<string, string>>,
  data: readonly HomeData[],
): Readonly<Record<string, string>> {
  const stores = data.map(({ context, reports }) =>
    variablesOf(context.topology.home, { [ANALYTICS_STORE]: reports.store }),
  );
  return Object.assign({ ...environment }, ...stores);
}

/**
 * Environment with what is set by you.
 *
 * @throws HoldfastError `invalid-input` for each name that the blueprint sets: two sources would disagree in silence
 */
export function withMore(
  own: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const taken = [...Object.keys(own), ANALYTICS_STORE].filter(name => name in more);
  if (taken.length > 0) {
    throw new HoldfastError(
      'invalid-input',
      'the environment of the service is refused',
      taken.map(name => ({
        path: `environment.${name}`,
        received: more[name],
        message: 'is set by the blueprint',
        fix: 'leave it out; what it says comes from the topology and from what stands in the Region',
      })),
    );
  }
  return { ...own, ...more };
}

/** Where a home's records may be, and where its database copies them; nothing without jurisdictions. */
function residencyEnvironment(topology: HomeData['context']['topology']): Readonly<Record<string, string>> {
  const rules = residencyRules(topology);
  if (rules === undefined) return {};
  const copies = topology.regions.map(({ name }) => name).join(',');
  return { HOLDFAST_RESIDENCY: rules, HOLDFAST_DATABASE_REGIONS: copies };
}
