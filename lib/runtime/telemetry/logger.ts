import type { Clock } from '../clock';
import { correlationId } from './correlation';
import { redactedJson } from './redaction';

/** Levels, from the least to the most urgent. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
/** Level of one line. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts of a line, for machines. Secrets are masked by name and by shape. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where the run time tells what it does. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** What a JSON logger needs. */
export interface JsonLoggerOptions {
  readonly clock: Clock;
  /** Takes one line without its line end. */
  readonly write: (line: string) => void;
  /** Fields of every line: Region, instance. */
  readonly base: LogFields;
  /** @default 'info' */
  readonly level?: LogLevel;
}

/** One JSON object a line: time, level, message, base fields, correlation id, fields of the line. */
export function jsonLogger(options: JsonLoggerOptions): Logger {
  const lowest = LOG_LEVELS.indexOf(options.level ?? 'info');
  const log =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(level) < lowest) return;
      const line = {
        time: options.clock.now().toISOString(),
        level,
        message,
        ...options.base,
        correlationId: correlationId(),
        ...fields,
      };
      options.write(redactedJson(line));
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

/** The same logger, with further fields in each of its lines. */
export function loggerWith(logger: Logger, more: LogFields): Logger {
  const log =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) =>
      logger[level](message, { ...more, ...fields });
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

/** A logger that says nothing. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
