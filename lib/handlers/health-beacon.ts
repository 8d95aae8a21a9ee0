import { systemClock } from '../runtime/clock';
import { parseBeaconEnvironment } from '../runtime/environment/beacon-environment';
import { alarmSignals } from '../runtime/failover/alarm-signals';
import { beaconMetrics } from '../runtime/failover/beacon-metrics';
import { type Beat, beat, type HealthBeaconOptions } from '../runtime/failover/health-beacon';
import { jsonLogger } from '../runtime/telemetry/logger';

/** Each call gets this long; the function has more than two of them. */
const TIMEOUT = 8000;

let options: HealthBeaconOptions | undefined;

/** One beat, every minute: tells the other Regions of this Region's deep health. */
export function handler(): Promise<Beat> {
  options ??= makeOptions();
  return beat(options);
}

function makeOptions(): HealthBeaconOptions {
  const { application, region, alarm, listeners, endpointUrl } = parseBeaconEnvironment(process.env);
  const signals = alarmSignals({ region, endpointUrl, timeoutMilliseconds: TIMEOUT });
  return {
    listeners,
    signal: async () => (await signals([alarm]))[0],
    tell: beaconMetrics({ application, region, endpointUrl, timeoutMilliseconds: TIMEOUT }),
    logger: jsonLogger({
      clock: systemClock,
      write: line => process.stdout.write(`${line}\n`),
      base: { region, part: 'health-beacon' },
    }),
  };
}
