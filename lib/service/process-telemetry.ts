import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../runtime/clock';
import type { ServiceEnvironment } from '../runtime/environment/environment';
import type { Telemetry } from '../runtime/telemetry/http-telemetry';
import type { Logger } from '../runtime/telemetry/logger';
import { RedMetrics } from '../runtime/telemetry/red-metrics';
import { SpanExport } from '../runtime/telemetry/span-export';
import { Tracer } from '../runtime/telemetry/tracer';

/** Pause between two flushes of the metrics, in unscaled seconds. */
const FLUSH_SECONDS = 60;
const RANDOM_STEPS = 2 ** 32;

/**
 * Metrics of a process as log lines, and its traces: to the collector that the environment names, else as log lines
 * where everything is logged, else none.
 */
export function processTelemetry(
  environment: Pick<ServiceEnvironment, 'application' | 'region' | 'otlpEndpoint' | 'logLevel' | 'timeScale'>,
  part: string,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): { readonly telemetry: Telemetry; readonly run: (signal: AbortSignal) => Promise<void> } {
  const { application, region, otlpEndpoint: endpoint, logLevel, timeScale } = environment;
  const metrics = new RedMetrics(
    {
      clock,
      write: document => logger.info('metrics', document),
      dimensions: { Application: application, Region: region, Part: part },
      pauseMilliseconds: (FLUSH_SECONDS * 1000) / timeScale,
    },
    () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
  );
  if (endpoint === undefined && logLevel !== 'debug') {
    return { telemetry: { metrics }, run: signal => metrics.run(signal) };
  }
  const resource = { 'service.name': application, 'cloud.region': region, 'service.instance.part': part };
  const spans = new SpanExport({ logger, clock, endpoint, resource });
  const makeHex = (digits: number) => randomBytes(digits / 2).toString('hex');
  const tracer = new Tracer({ clock, makeHex, export: spans.take });
  return {
    telemetry: { metrics, tracer },
    run: async signal => {
      await Promise.all([metrics.run(signal), spans.run(signal)]);
    },
  };
}
