import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../runtime/clock';
import type { ServiceEnvironment } from '../runtime/environment/environment';
import type { Telemetry } from '../runtime/telemetry/http-telemetry';
import type { Logger } from '../runtime/telemetry/logger';
import type { TimedTelemetry } from '../runtime/telemetry/message-telemetry';
import { RedMetrics } from '../runtime/telemetry/red-metrics';
import { SpanExport } from '../runtime/telemetry/span-export';
import { Tracer } from '../runtime/telemetry/tracer';

/** Pause between two flushes of the metrics, in unscaled seconds. */
const FLUSH_SECONDS = 60;
const RANDOM_STEPS = 2 ** 32;

/** What telemetry needs of an environment. */
export type TelemetryEnvironment = Pick<
  ServiceEnvironment,
  'application' | 'region' | 'otlpEndpoint' | 'logLevel' | 'timeScale'
>;

interface TelemetryBase {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Telemetry of a function. */
export interface FunctionTelemetry {
  readonly telemetry: TimedTelemetry;
  /** Runs one invocation, and then delivers what it has told; a collector that is away costs spans alone. */
  around<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Metrics of a process as log lines, and its traces: to the collector that the environment names, else as log lines
 * where everything is logged, else none.
 */
export function processTelemetry(
  environment: TelemetryEnvironment,
  part: string,
  base: TelemetryBase,
): { readonly telemetry: Telemetry; readonly run: (signal: AbortSignal) => Promise<void> } {
  const { telemetry, metrics, spans } = makeTelemetry(environment, part, base);
  return {
    telemetry,
    run: async signal => {
      await Promise.all([metrics.run(signal), spans?.run(signal)]);
    },
  };
}

/**
 * The same of a function. It is frozen between two invocations, in which nothing is delivered, so each invocation
 * delivers its own before it ends.
 */
export function functionTelemetry(
  environment: TelemetryEnvironment,
  part: string,
  base: TelemetryBase,
): FunctionTelemetry {
  const { telemetry, metrics, spans } = makeTelemetry(environment, part, base);
  return {
    telemetry: { ...telemetry, monotonic: () => base.clock.monotonic() },
    async around(work) {
      try {
        return await work();
      } finally {
        metrics.flush();
        await spans?.deliver();
      }
    },
  };
}

function makeTelemetry(environment: TelemetryEnvironment, part: string, { clock, logger }: TelemetryBase) {
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
  if (endpoint === undefined && logLevel !== 'debug') return { telemetry: { metrics }, metrics };
  const resource = { 'service.name': application, 'cloud.region': region, 'service.instance.part': part };
  const spans = new SpanExport({ logger, clock, endpoint, resource });
  const makeHex = (digits: number) => randomBytes(digits / 2).toString('hex');
  return {
    telemetry: { metrics, tracer: new Tracer({ clock, makeHex, export: spans.take }) },
    metrics,
    spans,
  };
}
