import { existsSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../runtime/clock';
import type { ServiceEnvironment } from '../runtime/environment/environment';
import type { RawEnvironment } from '../runtime/environment/environment-reader';
import { type HomesEnvironment, parseHomesEnvironment } from '../runtime/environment/homes-environment';
import { RuntimeError, reasonOf } from '../runtime/errors';
import { jsonLogger, type Logger } from '../runtime/telemetry/logger';
import { type ProcessLogs, processLogs } from './process-logs';

/** Something that runs until it is told to stop. */
export interface Running {
  /** Stops in an orderly way. */
  stop(): Promise<void>;
}

/** Starts the body of a process. */
export type Start<Environment = HomesEnvironment> = (
  environment: Environment,
  logger: Logger,
) => Promise<Running>;

/** Who a process is in its log lines. */
export type ProcessFacts = Pick<ServiceEnvironment, 'region' | 'instanceId' | 'logLevel' | 'logGroup'>;

/**
 * The frame of a process: environment in, JSON lines out, SIGTERM and SIGINT stop it with exit code 0, an
 * environment that is not usable or a bug ends it with exit code 1.
 */
export function runProcess(part: string, raw: RawEnvironment, start: Start): Promise<void> {
  return runProcessOf(part, raw, parseHomesEnvironment, start);
}

/** The same frame around a process with an environment of its own. */
export async function runProcessOf<Environment extends ProcessFacts>(
  part: string,
  raw: RawEnvironment,
  parse: (raw: RawEnvironment) => Environment,
  start: Start<Environment>,
): Promise<void> {
  // Whoever read our lines may have gone; that is no reason to end.
  process.stdout.on('error', () => undefined);
  const { write: writeOut, flush } = lineWriter(text => process.stdout.write(text));
  let logs: ProcessLogs | undefined;
  const write = (line: string) => {
    writeOut(line);
    logs?.take(line);
  };
  let logger: Logger = jsonLogger({ clock: systemClock, write, base: { part } });
  const die = (message: string) => (error: unknown) => {
    const known = error instanceof RuntimeError || !(error instanceof Error);
    logger.error(message, { error, stack: known ? undefined : error.stack });
    flush();
    const exit = () => process.stderr.write(`${reasonOf(error)}\n`, () => process.exit(1));
    // The last lines are the ones that a person looks for.
    if (logs === undefined) exit();
    else void logs.end().then(exit);
  };
  process.on('uncaughtException', die('process.uncaught'));
  process.on('unhandledRejection', die('process.unhandled'));
  try {
    const environment = parse({
      HOLDFAST_DATABASE_CA: packedCertificates(),
      ...raw,
    });
    const base = { region: environment.region, instance: environment.instanceId, part };
    logger = jsonLogger({ clock: systemClock, write, base, level: environment.logLevel });
    const told = jsonLogger({ clock: systemClock, write: writeOut, base, level: environment.logLevel });
    logs = processLogs(environment, part, problem => told.warn('logs.changed', { problem }));
    const running = await start(environment, logger);
    logger.info('process.started', { pid: process.pid, milliseconds: Math.round(systemClock.monotonic()) });
    const signal = await stopSignal();
    logger.info('process.stopping', { signal });
    await running.stop();
    logger.info('process.stopped');
    flush();
    await logs?.end();
    process.stdout.write('', () => process.exit(0));
  } catch (error) {
    die('process.failed')(error);
  }
}

/**
 * Lines leave together, once a turn of the event loop: a write to a pipe is a system call that the process waits for,
 * and under load there are several requests in a turn. A process that is killed loses the lines of its last turn.
 */
function lineWriter(out: (text: string) => void): { write(line: string): void; flush(): void } {
  let lines: string[] = [];
  const flush = () => {
    if (lines.length === 0) return;
    const text = `${lines.join('\n')}\n`;
    lines = [];
    out(text);
  };
  const write = (line: string) => {
    if (lines.push(line) === 1) setImmediate(flush);
  };
  return { write, flush };
}

/** The certificates that come with the artifact, beside the folder of the bundle: see scripts/artifacts.mjs. */
function packedCertificates(): string | undefined {
  const file = path.join(path.dirname(process.argv[1] ?? ''), '..', 'certificates', 'rds.pem');
  return existsSync(file) ? file : undefined;
}

function stopSignal(): Promise<string> {
  return new Promise(resolve => {
    process.once('SIGTERM', () => resolve('SIGTERM'));
    process.once('SIGINT', () => resolve('SIGINT'));
  });
}
