import { LOG_LEVELS, type LogLevel } from '../telemetry/logger';
import { EnvironmentReader, type RawEnvironment } from './environment-reader';

/** Environment of a function that works a queue or a stream. */
export interface WorkerEnvironment {
  /** Whose work it is, in metrics and spans. */
  readonly application: string;
  readonly region: string;
  /** Table of the register; without one the worker runs in every Region. */
  readonly registerTable?: string;
  /** How long one reading of the register serves, in seconds. */
  readonly leaseSeconds: number;
  /** Absolute path of the module that exports `work`. */
  readonly workModule: string;
  /** Messages, or groups, of a queue in work at the same time. */
  readonly concurrency: number;
  /** Table in which messages and records are parked that cannot be worked; without one they are not. */
  readonly parkingTable?: string;
  /** Collector of traces: OTLP over HTTP. @default - none */
  readonly otlpEndpoint?: string;
  /** Endpoint of every AWS API; only the lab sets it. */
  readonly endpointUrl?: string;
  readonly logLevel: LogLevel;
}

/** Reads the environment of a worker's function; throws one `environment` error with every problem. */
export function parseWorkerEnvironment(raw: RawEnvironment): WorkerEnvironment {
  const reader = new EnvironmentReader(raw);
  const [workModule] = reader.groups('HOLDFAST_WORK_MODULE', /^(\/.+)$/, 'the absolute path of a module');
  const environment = {
    // Lambda names each function; outside of it somebody has to.
    application: reader.text('HOLDFAST_APPLICATION', raw.AWS_LAMBDA_FUNCTION_NAME ?? 'unnamed'),
    region: reader.text('AWS_REGION'),
    registerTable: reader.optional('HOLDFAST_REGISTER_TABLE'),
    leaseSeconds: reader.number('HOLDFAST_LEASE_SECONDS', 5, { minimum: 1, maximum: 300 }),
    workModule: workModule ?? '',
    concurrency: reader.number('HOLDFAST_CONCURRENCY', 10, { minimum: 1, maximum: 1000 }),
    parkingTable: reader.optional('HOLDFAST_PARKING_TABLE'),
    otlpEndpoint: reader.optional('HOLDFAST_OTLP_ENDPOINT'),
    endpointUrl: reader.optional('AWS_ENDPOINT_URL'),
    logLevel: parseLogLevel(reader),
  };
  reader.finish();
  return environment;
}

/** The level asked for, `info` where none is. */
export function parseLogLevel(reader: EnvironmentReader): LogLevel {
  const text = reader.text('HOLDFAST_LOG_LEVEL', 'info');
  const level = LOG_LEVELS.find(candidate => candidate === text);
  if (level === undefined) reader.refuse('HOLDFAST_LOG_LEVEL', 'is unknown', `use ${LOG_LEVELS.join(', ')}`);
  return level ?? 'info';
}
