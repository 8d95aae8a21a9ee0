import { systemClock } from '../runtime/clock';
import { parseGateEnvironment } from '../runtime/environment/environment';
import { Gate } from '../runtime/gate/gate';
import { ssmGateStore } from '../runtime/gate/ssm-gate-store';
import { dynamoRegisterReader } from '../runtime/register/register-reader';
import { jsonLogger } from '../runtime/telemetry/logger';

/** Answer of a function behind an API of API Gateway that passes it on as it is. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A Route 53 checker waits two seconds for the answer; one reading of the register, one of the memory and one
 * writing of it together stay below that.
 */
const REGISTER_TIMEOUT = 900;
const MEMORY_TIMEOUT = 400;

let gate: Gate | undefined;

/** The gate of this Region: 200 while the register names it active, else 503. */
export async function handler(): Promise<HttpAnswer> {
  gate ??= makeGate();
  const { status, body } = await gate.answer();
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

function makeGate(): Gate {
  const environment = parseGateEnvironment(process.env);
  const { region, registerTable: table, registerKey: key, endpointUrl } = environment;
  const parameter = environment.memoryParameter;
  const write = (line: string) => process.stdout.write(`${line}\n`);
  return new Gate({
    region,
    register: dynamoRegisterReader({
      region,
      table,
      key,
      endpointUrl,
      timeoutMilliseconds: REGISTER_TIMEOUT,
    }),
    store: ssmGateStore({ region, parameter, endpointUrl, timeoutMilliseconds: MEMORY_TIMEOUT }),
    logger: jsonLogger({
      clock: systemClock,
      write,
      base: { region, part: 'gate' },
      level: environment.logLevel,
    }),
  });
}
