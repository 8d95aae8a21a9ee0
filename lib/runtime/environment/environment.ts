import type { CacheIdentity } from '../cache/cache-credentials';
import { CLIENT_POLICY_VARIABLE, type ClientPolicy, parseClientPolicy } from '../policy/client-policy';
import { REGISTER_KEY } from '../register/register';
import { LOG_LEVELS, type LogLevel } from '../telemetry/logger';
import { type AnalyticsStore, analyticsPart } from './analytics-environment';
import { type EdgeEnvironment, edgePart } from './edge-environment';
import { EnvironmentReader, type RawEnvironment } from './environment-reader';
import { type ResidencyEnvironment, residencyEnvironment } from './residency-environment';
import { type ServiceAddress, serviceAddressPart } from './service-address';

/** How the database knows the service: an IAM token over TLS, or a password in a file (never in the environment). */
export type DatabaseAuthentication =
  | { readonly kind: 'iam'; readonly certificateAuthorityPath?: string }
  | { readonly kind: 'file'; readonly path: string };

/** Where the database is. */
export interface DatabaseSettings {
  /** The Region's own writer endpoint. */
  readonly host: string;
  /** The Region's reader endpoint, asked while the writer endpoint does not answer (Aurora secondary). */
  readonly readerHost?: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly authentication: DatabaseAuthentication;
}

/** Where the cache is, and as whom to sign in; without an identity there is no signing in. */
export interface CacheSettings {
  readonly url: string;
  readonly identity?: CacheIdentity;
}

/** AppConfig's three names. */
export interface ConfigIdentifiers {
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
}

/** What every process of the run time needs to know: who it is and where the register is. */
export interface RegisterEnvironment {
  readonly application: string;
  readonly region: string;
  readonly registerTable: string;
  /** Endpoint of every AWS API; only the lab sets it. */
  readonly endpointUrl?: string;
  readonly logLevel: LogLevel;
}

/** Environment of a clone or a worker. Times are unscaled seconds; divide by `timeScale`. */
export interface ServiceEnvironment extends RegisterEnvironment {
  /** Home of an active-active application. @default - the application has no homes */
  readonly home?: string;
  /** Key of the record that decides over writing: a home has one of its own. */
  readonly registerKey: string;
  readonly leaseSeconds: number;
  readonly leaseMarginSeconds: number;
  /** Divides every interval, TTL and lease; 1 outside the lab. */
  readonly timeScale: number;
  readonly database: DatabaseSettings;
  readonly cache: CacheSettings;
  readonly queueUrl: string;
  readonly config: ConfigIdentifiers;
  /** File that keeps the last good configuration through a restart. @default - none */
  readonly configFile?: string;
  /** AppConfig's names of the profile of feature flags. @default - none: each flag is as the code says */
  readonly flags?: ConfigIdentifiers;
  /** Collector of traces: OTLP over HTTP. @default - none */
  readonly otlpEndpoint?: string;
  /** Group of CloudWatch Logs to which a clone delivers its lines, metrics among them. @default - standard output alone */
  readonly logGroup?: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly instanceId: string;
  /** How long a clone that was told to stop still takes new connections, in unscaled seconds. */
  readonly drainSeconds: number;
  readonly edge: EdgeEnvironment;
  /** Times and budgets of calls to what this process depends on, from the topology. @default - the caller's own */
  readonly clientPolicy?: ClientPolicy;
  /** The payment provider. @default - the one in this process, for labs */
  readonly payment?: ServiceAddress;
  /** Where the worker writes the rows of reports. @default - nowhere: there is no analytics projection */
  readonly analytics?: AnalyticsStore;
  /** Kinesis stream to which the worker publishes changes, for consumers of a `ChangeFeed`. @default - none */
  readonly changeStream?: string;
  /** @default - records may be held anywhere */
  readonly residency?: ResidencyEnvironment;
}

/** Reads the environment of a clone or worker, or of one home of it; throws one `environment` error with every problem. */
export function parseServiceEnvironment(raw: RawEnvironment, home?: string): ServiceEnvironment {
  const reader = new EnvironmentReader(raw);
  const leaseSeconds = reader.number('HOLDFAST_LEASE_SECONDS', undefined, { minimum: 1, maximum: 300 });
  const leaseMarginSeconds = reader.number('HOLDFAST_LEASE_MARGIN_SECONDS', 2, { minimum: 0, maximum: 300 });
  if (leaseMarginSeconds > leaseSeconds) {
    reader.refuse('HOLDFAST_LEASE_MARGIN_SECONDS', 'is longer than the lease', 'make it shorter');
  }
  if (reader.optional('HOLDFAST_HOMES') !== undefined) {
    reader.refuse('HOLDFAST_HOMES', 'names several homes, and this process serves one', 'leave it out');
  }
  const environment: ServiceEnvironment = {
    ...registerPart(reader),
    home,
    registerKey: reader.text('HOLDFAST_REGISTER_KEY', REGISTER_KEY),
    leaseSeconds,
    leaseMarginSeconds,
    timeScale: reader.number('HOLDFAST_TIME_SCALE', 1, { minimum: 1, maximum: 10 }),
    database: databasePart(reader),
    cache: cachePart(reader),
    queueUrl: urlPart(reader, 'HOLDFAST_QUEUE_URL', /^(https?:\/\/.+)$/, 'the full URL of the queue'),
    config: configPart(reader, 'HOLDFAST_CONFIG'),
    configFile: reader.optional('HOLDFAST_CONFIG_FILE'),
    flags: reader.optional('HOLDFAST_FLAGS') === undefined ? undefined : configPart(reader, 'HOLDFAST_FLAGS'),
    otlpEndpoint: reader.optional('HOLDFAST_OTLP_ENDPOINT'),
    logGroup: reader.optional('HOLDFAST_LOG_GROUP'),
    listen: listenPart(reader),
    instanceId: reader.text('HOLDFAST_INSTANCE_ID', 'unnamed'),
    drainSeconds: reader.number('HOLDFAST_DRAIN_SECONDS', 5, { minimum: 0, maximum: 300 }),
    edge: edgePart(reader),
    clientPolicy: clientPolicyPart(reader),
    payment: serviceAddressPart(reader, 'HOLDFAST_PAYMENT', 'payment'),
    analytics: analyticsPart(reader),
    changeStream: reader.optional('HOLDFAST_CHANGE_STREAM'),
    residency: residencyEnvironment(reader),
  };
  reader.finish();
  return environment;
}

/** Environment of the gate's function. */
export interface GateEnvironment extends RegisterEnvironment {
  /** Parameter in which the gate keeps its last answer. */
  readonly memoryParameter: string;
  /** Key of the record that the gate follows: a home of an active-active application has one of its own. */
  readonly registerKey: string;
}

/** Reads the environment of the gate; throws one `environment` error with every problem. */
export function parseGateEnvironment(raw: RawEnvironment): GateEnvironment {
  const reader = new EnvironmentReader(raw);
  const environment = {
    ...registerPart(reader),
    memoryParameter: reader.text('HOLDFAST_GATE_MEMORY'),
    registerKey: reader.text('HOLDFAST_REGISTER_KEY', REGISTER_KEY),
  };
  reader.finish();
  return environment;
}

/** What every process of the run time needs to know. */
export function registerPart(reader: EnvironmentReader): RegisterEnvironment {
  const level = reader.text('HOLDFAST_LOG_LEVEL', 'info');
  const logLevel = LOG_LEVELS.find(candidate => candidate === level);
  if (logLevel === undefined)
    reader.refuse('HOLDFAST_LOG_LEVEL', 'is unknown', `use ${LOG_LEVELS.join(', ')}`);
  return {
    application: reader.text('HOLDFAST_APPLICATION'),
    region: reader.text('AWS_REGION'),
    registerTable: reader.text('HOLDFAST_REGISTER_TABLE'),
    endpointUrl: reader.optional('AWS_ENDPOINT_URL'),
    logLevel: logLevel ?? 'info',
  };
}

/** Where the database is, and as whom to sign in. */
export function databasePart(reader: EnvironmentReader): DatabaseSettings {
  const [kind, path] = reader.groups(
    'HOLDFAST_DATABASE_AUTH',
    /^(iam$|file:(.+)$)/,
    'iam or file:<path of the password file>',
  );
  const certificateAuthorityPath = reader.optional('HOLDFAST_DATABASE_CA');
  return {
    host: reader.text('HOLDFAST_DATABASE_HOST'),
    readerHost: reader.optional('HOLDFAST_DATABASE_READER_HOST'),
    port: reader.number('HOLDFAST_DATABASE_PORT', 5432, { minimum: 1, maximum: 65535 }),
    name: reader.text('HOLDFAST_DATABASE_NAME'),
    user: reader.text('HOLDFAST_DATABASE_USER', 'service'),
    authentication:
      kind === 'iam' ? { kind: 'iam', certificateAuthorityPath } : { kind: 'file', path: path ?? '' },
  };
}

function cachePart(reader: EnvironmentReader): CacheSettings {
  const url = urlPart(reader, 'HOLDFAST_CACHE_URL', /^(rediss?:\/\/.+)$/, 'rediss://host:6379');
  const shape = 'iam:<replication group>:<user>, or none';
  const [cacheId, user] = reader.groups(
    'HOLDFAST_CACHE_AUTH',
    /^(?:none|iam:([^:]+):([^:]+))$/,
    shape,
    'none',
  );
  // A token must not travel in the clear; a cache without TLS (the lab's) asks for none.
  const signsIn = url.startsWith('rediss:') && cacheId !== undefined && user !== undefined;
  return { url, identity: signsIn ? { cacheId, user } : undefined };
}

function urlPart(reader: EnvironmentReader, name: string, pattern: RegExp, shape: string): string {
  return reader.groups(name, pattern, shape)[0] ?? '';
}

function configPart(reader: EnvironmentReader, name: string): ConfigIdentifiers {
  const shape = '<application>/<environment>/<profile>';
  const names = reader.groups(name, /^([^/]+)\/([^/]+)\/([^/]+)$/, shape);
  return { application: names[0] ?? '', environment: names[1] ?? '', profile: names[2] ?? '' };
}

function clientPolicyPart(reader: EnvironmentReader): ClientPolicy | undefined {
  const text = reader.optional(CLIENT_POLICY_VARIABLE);
  return text === undefined ? undefined : reader.attempt(() => parseClientPolicy(text));
}

/** Where a process listens. */
export function listenPart(reader: EnvironmentReader): { host: string; port: number } {
  const parts = reader.groups('HOLDFAST_LISTEN', /^(.+):(\d{1,5})$/, 'host:port', '0.0.0.0:8080');
  return { host: parts[0] ?? '', port: Number(parts[1] ?? 0) };
}
