import { systemClock } from '../runtime/clock';
import { standbyIsReady } from '../runtime/database/standby-readiness';
import { parseFailoverEnvironment } from '../runtime/environment/failover-environment';
import { alarmSignals } from '../runtime/failover/alarm-signals';
import type { FailoverDecision } from '../runtime/failover/failover-request';
import { FailoverRequester } from '../runtime/failover/failover-requester';
import { FailoverStore } from '../runtime/failover/failover-store';
import { jsonLogger } from '../runtime/telemetry/logger';

/** Each call gets this long; all of them run at once, and the function has twice as long. */
const TIMEOUT = 8000;

let requester: FailoverRequester | undefined;

/** One look of automatic mode, every minute: asks for a failover where one is due, and moves nothing. */
export function handler(): Promise<FailoverDecision> {
  requester ??= makeRequester();
  return requester.consider();
}

function makeRequester(): FailoverRequester {
  const environment = parseFailoverEnvironment(process.env);
  const { application, region, registerTable: table, endpointUrl, policy } = environment;
  const write = (line: string) => process.stdout.write(`${line}\n`);
  const signals = alarmSignals({ region, endpointUrl, timeoutMilliseconds: TIMEOUT });
  return new FailoverRequester({
    application,
    policy,
    records: new FailoverStore({ region, table, endpointUrl, timeoutMilliseconds: TIMEOUT }),
    signals: () => signals(environment.alarms),
    standbyReady: () => standbyIsReady(environment.readinessUrl, TIMEOUT),
    clock: systemClock,
    logger: jsonLogger({
      clock: systemClock,
      write,
      base: { region, part: 'failover-requester' },
      level: environment.logLevel,
    }),
    write,
  });
}
