import { createHash } from 'node:crypto';
import type { Clock } from '../clock';
import { reasonOf } from '../errors';
import type { Logger } from '../telemetry/logger';

/** One answer of a configuration service. */
export interface ConfigPoll {
  /** Token of the next poll; each is good for one. */
  readonly nextToken: string;
  /** The service asks not to be polled again before, in seconds. */
  readonly nextPollSeconds: number;
  /** The document, or empty when nothing changed since this session's last poll. */
  readonly content: string;
  /** Label of the version, where the service gives one. */
  readonly version?: string;
}

/** A configuration service with sessions, such as AppConfig's data API. */
export interface ConfigSource {
  /** Begins a session; returns the token of its first poll. */
  start(): Promise<string>;
  poll(token: string): Promise<ConfigPoll>;
}

/** What a remote configuration needs. */
export interface RemoteConfigOptions<T> {
  readonly source: ConfigSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Served until the first valid document. */
  readonly defaults: T;
  /** Turns a document into a value; throws when it is not valid. Types are never coerced. */
  readonly parse: (content: string) => T;
  /** Divides the poll interval. @default 1 */
  readonly timeScale?: number;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Pause after a poll that failed, in unscaled seconds. */
const RETRY_SECONDS = 15;

/**
 * Configuration with a last known good value: an empty answer means unchanged and not empty, an outage or a bad
 * document keeps the value in force, and the age says how long ago the service confirmed it.
 */
export class RemoteConfig<T> {
  private token: string | undefined;
  private inForce: T;
  private label = 'defaults';
  private confirmedAt: number | undefined;
  private failure: string | undefined;
  private documentIsBad = false;

  constructor(private readonly options: RemoteConfigOptions<T>) {
    this.inForce = options.defaults;
  }

  /** The value in force. */
  get value(): T {
    return this.inForce;
  }

  /** Version of the value in force: its label, else its hash; `defaults` before the first valid document. */
  get version(): string {
    return this.label;
  }

  /** Why the last poll brought no confirmation; `undefined` when it did. */
  get problem(): string | undefined {
    return this.failure;
  }

  /** Seconds since the value in force was confirmed; `null` when it never was. */
  get ageSeconds(): number | null {
    if (this.confirmedAt === undefined) return null;
    return Math.round((this.options.clock.monotonic() - this.confirmedAt) / 1000);
  }

  /** Polls until the signal aborts, at the pace that the service asks for. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pause = (await this.poll()) / (this.options.timeScale ?? 1);
      await this.options.clock.sleep(pause * 1000, signal).catch(() => undefined);
    }
  }

  /** One poll; returns the unscaled seconds to wait before the next. Never rejects. */
  async poll(): Promise<number> {
    const { source } = this.options;
    try {
      this.token ??= await source.start();
      const answer = await source.poll(this.token);
      this.token = answer.nextToken;
      this.accept(answer);
      return answer.nextPollSeconds;
    } catch (error) {
      // A token serves once, and whether this one was used is unknown: the next poll begins a new session.
      this.token = undefined;
      this.fail(reasonOf(error));
      return RETRY_SECONDS;
    }
  }

  private accept(answer: ConfigPoll): void {
    if (answer.content !== '') this.adopt(answer);
    if (this.documentIsBad) return;
    this.confirmedAt = this.options.clock.monotonic();
    this.failure = undefined;
  }

  private adopt(answer: ConfigPoll): void {
    try {
      this.inForce = this.options.parse(answer.content);
      this.documentIsBad = false;
      const version = answer.version ?? `sha256:${sha256(answer.content).slice(0, 12)}`;
      if (version !== this.label) this.options.logger.info('config.adopted', { version });
      this.label = version;
    } catch (error) {
      this.documentIsBad = true;
      this.fail(`the document ${answer.version ?? ''} is not valid: ${reasonOf(error)}`);
    }
  }

  private fail(problem: string): void {
    if (problem !== this.failure) this.options.logger.warn('config.kept-last-known-good', { problem });
    this.failure = problem;
  }
}
