import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../runtime/clock';
import { parseWorkerEnvironment, type WorkerEnvironment } from '../runtime/environment/worker-environment';
import { RuntimeError } from '../runtime/errors';
import { dynamoParking } from '../runtime/queue/dynamo-parking';
import type { Parking } from '../runtime/queue/parking';
import { EpochGate } from '../runtime/register/epoch-gate';
import { dynamoRegisterReader } from '../runtime/register/register-reader';
import { jsonLogger, type Logger } from '../runtime/telemetry/logger';

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
