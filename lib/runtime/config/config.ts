import { createHash } from 'node:crypto';
import type { Clock } from '../clock';
import { RuntimeError, reasonOf } from '../errors';
import type { Logger } from '../telemetry/logger';
import type { ConfigStore } from './config-store';

/** One answer of a configuration service. */
export interface ConfigPoll {
  /** Token of the next poll; each is good for one. */
  readonly nextToken: string;
  /** The service asks not to be polled again before, in seconds. */
  readonly nextPollSeconds: number;
  /** The document, or empty when nothing changed since this session's last poll. */
  readonly content: string;
  /** Label of the version, where the service gives one; with an empty document that of the one it sent before. */
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
  /** Keeps the last good document through a restart. @default - a restart in an outage serves the defaults */
  readonly store?: ConfigStore;
  /**
   * A session is begun anew after so long, in unscaled seconds: its first poll brings the whole document, so an answer
   * that was lost without a trace is missed for no longer.
   * @default 3600
   */
  readonly sessionSeconds?: number;
}

/** Where the value in force is from: never confirmed, kept from an earlier life, or told by the service to this one. */
export type ConfigOrigin = 'defaults' | 'store' | 'service';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Pause after a poll that failed, in unscaled seconds. */
const RETRY_SECONDS = 15;
/** What a service may ask for as a pause, in seconds: AppConfig's own bounds. */
const POLL_BOUNDS = [1, 86_400] as const;
/** A confirmation is written down at most so often, in unscaled seconds. */
const STORE_SECONDS = 300;

/**
 * Configuration with a last known good value: an empty answer means unchanged and not empty, an outage or a bad
 * document keeps the value in force, and the age says how long ago the service confirmed it.
 */
export class RemoteConfig<T> {
  private session: { readonly token: string; readonly begunAt: number; readonly first: boolean } | undefined;
  private inForce: T;
  private label = 'defaults';
  private from: ConfigOrigin = 'defaults';
  private content = '';
  /** Label of the last document that came, good or bad. */
  private seen: string | undefined;
  private storedAt = Number.NEGATIVE_INFINITY;
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

  /** Where the value in force is from. */
  get origin(): ConfigOrigin {
    return this.from;
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
    await this.restore();
    while (!signal.aborted) {
      const pause = (await this.poll()) / (this.options.timeScale ?? 1);
      await this.options.clock.sleep(pause * 1000, signal).catch(() => undefined);
    }
  }

  /**
   * Takes the document of an earlier life, unless the service was heard already or this build cannot read it: rather an
   * old decision of a person (a feature that was turned off) than the defaults, which know of none. Never rejects.
   */
  async restore(): Promise<void> {
    const stored = await this.options.store?.read();
    if (stored === undefined || this.from !== 'defaults') return;
    try {
      this.inForce = this.options.parse(stored.content);
    } catch (error) {
      this.options.logger.warn('config.stored-document-refused', { reason: reasonOf(error) });
      return;
    }
    const { clock, logger } = this.options;
    const age = clock.now().getTime() - Date.parse(stored.confirmedAt);
    this.confirmedAt = clock.monotonic() - Math.max(0, age);
    this.label = stored.version;
    this.content = stored.content;
    this.from = 'store';
    logger.info('config.restored', { version: this.label, ageSeconds: this.ageSeconds });
  }

  /** One poll; returns the unscaled seconds to wait before the next. Never rejects. */
  async poll(): Promise<number> {
    try {
      const { token, begunAt, first } = this.session ?? (await this.begin());
      // A token serves once: should this poll fail, whether it was used is unknown, and a new session begins.
      this.session = undefined;
      const answer = await this.options.source.poll(token);
      this.check(answer, first);
      this.accept(answer);
      await this.keep();
      const age = this.options.clock.monotonic() - begunAt;
      const { sessionSeconds = 3600, timeScale = 1 } = this.options;
      // A document that is not valid may have been cut off on the way: only a new session brings it again.
      if (!this.documentIsBad && answer.nextToken !== '' && age < (sessionSeconds * 1000) / timeScale) {
        this.session = { token: answer.nextToken, begunAt, first: false };
      }
      return paceOf(answer.nextPollSeconds);
    } catch (error) {
      this.fail(reasonOf(error));
      return RETRY_SECONDS;
    }
  }

  private async begin() {
    const begunAt = this.options.clock.monotonic();
    return { token: await this.options.source.start(), begunAt, first: true };
  }

  /** An answer without its document: the service believes that it was sent, and would not send it again. */
  private check({ content, version }: ConfigPoll, first: boolean): void {
    if (content !== '' || (!first && (version === undefined || version === this.seen))) return;
    throw new RuntimeError('unavailable', `the answer came without its document ${version ?? ''}`);
  }

  private accept(answer: ConfigPoll): void {
    if (answer.content !== '') this.adopt(answer);
    if (this.documentIsBad) return;
    this.confirmedAt = this.options.clock.monotonic();
    this.failure = undefined;
  }

  /** Writes the value in force down when it is new, and its confirmation now and then. */
  private async keep(): Promise<void> {
    const { store, clock, logger, timeScale = 1 } = this.options;
    const fresh = clock.monotonic() - this.storedAt < (STORE_SECONDS * 1000) / timeScale;
    if (store === undefined || this.documentIsBad || this.from !== 'service' || fresh) return;
    try {
      const confirmedAt = clock.now().toISOString();
      await store.write({ content: this.content, version: this.label, confirmedAt });
      this.storedAt = clock.monotonic();
    } catch (error) {
      logger.warn('config.not-kept', { reason: reasonOf(error) });
    }
  }

  private adopt(answer: ConfigPoll): void {
    this.seen = answer.version;
    try {
      this.inForce = this.options.parse(answer.content);
      this.documentIsBad = false;
      const version = answer.version ?? `sha256:${sha256(answer.content).slice(0, 12)}`;
      if (version !== this.label) this.options.logger.info('config.adopted', { version });
      if (answer.content !== this.content) this.storedAt = Number.NEGATIVE_INFINITY;
      this.label = version;
      this.content = answer.content;
      this.from = 'service';
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

/** The pause that the service asks for; what is no number of seconds is the pause after a failure. */
function paceOf(seconds: number): number {
  const [least, most] = POLL_BOUNDS;
  return Number.isFinite(seconds) ? Math.min(most, Math.max(least, seconds)) : RETRY_SECONDS;
}
