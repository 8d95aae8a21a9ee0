import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../runtime/clock';
import { parseWorkerEnvironment, type WorkerEnvironment } from '../runtime/environment/worker-environment';
import { RuntimeError } from '../runtime/errors';
import { dynamoParking } from '../runtime/queue/dynamo-parking';
import type { Parking } from '../runtime/queue/parking';
import { EpochGate } from '../runtime/register/epoch-gate';
import { dynamoRegisterReader } from '../runtime/register/register-reader';
import { jsonLogger, type Logger } from '../runtime/telemetry/logger';
import { type FunctionTelemetry, functionTelemetry } from '../service/process-telemetry';

/** A reading of the register that takes longer hands the batch back, in milliseconds. */
const REGISTER_TIMEOUT = 2000;

/** What the handlers of queues and streams are made of. */
export interface WorkerParts<Work> {
  readonly environment: WorkerEnvironment;
  readonly region: string;
  readonly logger: Logger;
  readonly gate?: () => EpochGate;
  readonly parking?: Parking;
  readonly work: Work;
  readonly telemetry: FunctionTelemetry;
}

/**
 * Reads the environment, loads the work and makes the gate, once in the life of a function's process.
 *
 * @throws RuntimeError `environment` when the environment or the module of the work is not usable
 */
export function workerParts<Work>(part: string): WorkerParts<Work> {
  const environment = parseWorkerEnvironment(process.env);
  const { region, registerTable, endpointUrl } = environment;
  const logger = functionLogger(region, part, environment.logLevel);
  const register =
    registerTable === undefined
      ? undefined
      : dynamoRegisterReader({
          region,
          table: registerTable,
          endpointUrl,
          timeoutMilliseconds: REGISTER_TIMEOUT,
        });
  return {
    environment,
    region,
    logger,
    ...(register === undefined ? {} : { gate: () => gateOf(environment, register) }),
    parking: makeParking(environment),
    work: loadWork<Work>(environment.workModule),
    telemetry: functionTelemetry({ ...environment, timeScale: 1 }, part, { clock: systemClock, logger }),
  };
}

/** Name of the queue, stream or topic that an event is of: Lambda never mixes two in one. */
export function sourceOf(event: {
  readonly Records?: ReadonlyArray<{ readonly eventSourceARN?: string }>;
  readonly records?: Readonly<Record<string, unknown>>;
}): string {
  const [partition] = Object.keys(event.records ?? {});
  if (partition !== undefined) return partition.replace(/-\d+$/, '');
  const arn = event.Records?.[0]?.eventSourceARN ?? '';
  // A table's stream is named by its time; the table says more: arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<time>.
  return /:table\/([^/]+)/.exec(arn)?.[1] ?? (arn.split(/[:/]/).at(-1) || 'unnamed');
}

/** A handler for each source, made when it first sends something: what is counted and traced bears the source's name. */
export function bySource<Event extends Parameters<typeof sourceOf>[0], Answer>(
  make: (source: string) => (event: Event) => Promise<Answer>,
): (event: Event) => Promise<Answer> {
  const made = new Map<string, (event: Event) => Promise<Answer>>();
  return event => {
    const source = sourceOf(event);
    const handler = made.get(source) ?? make(source);
    made.set(source, handler);
    return handler(event);
  };
}

function makeParking({ region, endpointUrl, parkingTable }: WorkerEnvironment): Parking | undefined {
  if (parkingTable === undefined) return undefined;
  const client = new DynamoDBClient({ region, endpoint: endpointUrl });
  return dynamoParking({ client, table: parkingTable, clock: systemClock });
}

/** Logs to the standard output, one JSON object a line. */
export function functionLogger(region: string, part: string, level: WorkerEnvironment['logLevel']): Logger {
  const write = (line: string) => process.stdout.write(`${line}\n`);
  return jsonLogger({ clock: systemClock, write, base: { region, part }, level });
}

function gateOf(
  environment: WorkerEnvironment,
  register: ReturnType<typeof dynamoRegisterReader>,
): EpochGate {
  const { region, leaseSeconds } = environment;
  return new EpochGate({ region, register, clock: systemClock, leaseMilliseconds: leaseSeconds * 1000 });
}

/** The work is not in the bundle: it comes with a layer, and is loaded by its path. */
function loadWork<Work>(path: string): Work {
  const { work } = require(path) as { readonly work?: Work };
  if (typeof work === 'function') return work;
  throw new RuntimeError('environment', 'the module of the work is not usable', [
    {
      path: 'HOLDFAST_WORK_MODULE',
      received: path,
      message: 'exports no function `work`',
      fix: 'export one',
    },
  ]);
}
