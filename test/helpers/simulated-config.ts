// A configuration service as AppConfig's data API is described, with faults, and one process after another that reads it.
import {
  type ConfigPoll,
  type ConfigSource,
  RemoteConfig,
  type RemoteConfigOptions,
} from '../../lib/runtime/config/config';
import type { ConfigStore, StoredConfig } from '../../lib/runtime/config/config-store';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import type { FastSimulation } from './fast-simulation';

/** What a document says: the same number in two fields, so that a mixture of two is seen. */
export interface Pair {
  readonly a: number;
  readonly b: number;
}

/** A part taken out of the client. */
export type ConfigMutant =
  | 'empty is an empty document'
  | 'a bad document is adopted'
  | 'a token is used again after a failure'
  | 'polls at its own pace'
  | 'a lost document counts as unchanged';

const DEFAULTS: Pair = { a: 0, b: 0 };
const END = 600_000;
const PACE_SECONDS = 15;
const SLOWEST_ANSWER = 3000;
/** A poll, a failed one, the pause after it, and the answers' own time. */
const BOUND = 2 * (PACE_SECONDS * 1000 + 2 * SLOWEST_ANSWER);

/** As the service's own: what a document leaves out is the default, so that an empty one would be valid. */
function parse(content: string): Pair {
  const value: unknown = JSON.parse(content);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no object');
  const { a = 0, b = 0 } = value as { a?: unknown; b?: unknown };
  if (typeof a !== 'number' || a !== b) throw new Error('no pair');
  return { a, b };
}

interface Session {
  sent: string | undefined;
  readonly notBefore: number;
  readonly expiresAt: number;
}

/** One schedule. */
export class SimulatedConfig {
  readonly violations: string[] = [];
  adopted = 0;
  polls = 0;
  restarts = 0;
  private current = { label: 'v1', content: JSON.stringify({ a: 1, b: 1 }), number: 1, since: 0 };
  private readonly past = [this.current];
  private serial = 1;
  /** When each number was last in force at the service. */
  private readonly lastTrue = new Map<number, number>();
  private away = false;
  private healthySince = 0;
  private tokens = 0;
  private readonly sessions = new Map<string, Session>();
  private readonly used = new Set<string>();
  private disk: StoredConfig | 'torn' | undefined;
  private life = 0;
  private bornAt = 0;
  private keptAtBirth = false;
  private config: RemoteConfig<Pair> | undefined;

  constructor(
    private readonly simulation: FastSimulation,
    private readonly mutant?: ConfigMutant,
  ) {}

  async run(): Promise<readonly string[]> {
    const { random } = this.simulation;
    for (let deploy = 0; deploy < 6; deploy += 1)
      this.simulation.at(random.between(0, END), () => this.deploy());
    for (let outage = 0; outage < 2; outage += 1) {
      const begin = random.between(0, END);
      this.simulation.at(begin, () => this.setAway(true));
      this.simulation.at(begin + random.between(1000, 120_000), () => this.setAway(false));
    }
    for (let restart = 0; restart < 2; restart += 1) this.at(random.between(0, END), () => this.start());
    for (let time = 500; time < END; time += random.between(1000, 9000))
      this.simulation.at(time, () => this.look());
    this.at(0, () => this.start());
    await this.simulation.run(END);
    this.config = undefined;
    this.life += 1;
    return this.violations;
  }

  private at(time: number, happen: () => void): void {
    this.simulation.at(time, () => {
      this.simulation.woke = true;
      happen();
    });
  }

  private wait(milliseconds: number): Promise<void> {
    return new Promise(resolve => this.at(this.simulation.time + milliseconds, resolve));
  }

  /** A new document, a poisoned one, or a rollback to one that was good. */
  private deploy(): void {
    const { random, time } = this.simulation;
    this.note();
    const kind = random.next();
    if (kind < 0.25 && this.past.length > 1) {
      this.current = { ...random.pick(this.past), since: time };
      return;
    }
    this.serial += 1;
    const number = this.serial;
    const good = JSON.stringify({ a: number, b: number });
    const bad = ['[]', 'null', '{"a":', `{"a":"${number}","b":"${number}"}`, `{"a":${number},"b":1}`];
    const content = kind < 0.5 ? random.pick(bad) : good;
    this.current = { label: `v${number}`, content, number: content === good ? number : -1, since: time };
    if (content === good) this.past.push(this.current);
  }

  private note(): void {
    this.lastTrue.set(this.current.number, this.simulation.time);
  }

  private setAway(away: boolean): void {
    this.away = away;
    this.healthySince = this.simulation.time;
  }

  private start(): void {
    this.life += 1;
    this.restarts += 1;
    this.bornAt = this.simulation.time;
    this.keptAtBirth = this.disk !== undefined && this.disk !== 'torn';
    const { life } = this;
    const alive = () => this.life === life;
    const forever = new Promise<never>(() => undefined);
    const clock = {
      now: () => new Date(this.simulation.time),
      monotonic: () => this.simulation.time,
      sleep: async (milliseconds: number) => {
        await this.wait(milliseconds);
        // A process that was killed never wakes.
        if (!alive()) await forever;
      },
    };
    const options: RemoteConfigOptions<Pair> = {
      source: this.mutateSource(this.source(alive)),
      clock,
      logger: silentLogger,
      defaults: DEFAULTS,
      parse:
        this.mutant === 'a bad document is adopted' ? text => ({ ...DEFAULTS, ...JSON.parse(text) }) : parse,
      store: this.store(alive),
      sessionSeconds: 240,
    };
    this.config = new RemoteConfig(options);
    void this.config.run(new AbortController().signal);
  }

  private source(alive: () => boolean): ConfigSource {
    const { simulation } = this;
    const answer = async <T>(make: () => T, lost: number): Promise<T> => {
      await this.wait(simulation.random.between(5, SLOWEST_ANSWER));
      if (this.away) return this.failed('no answer');
      const made = make();
      if (!alive()) return new Promise<never>(() => undefined);
      return simulation.random.chance(lost) ? this.failed('the answer was lost') : made;
    };
    return {
      start: () => answer(() => this.token(undefined, 0), 0.02),
      poll: token => {
        this.polls += 1;
        if (this.used.has(token)) this.violations.push(`token ${token} used twice`);
        this.used.add(token);
        return answer(() => this.answer(token), 0.05);
      },
    };
  }

  private failed(reason: string): never {
    this.healthySince = this.simulation.time;
    throw new Error(reason);
  }

  private token(sent: string | undefined, notBefore: number): string {
    const { random, time } = this.simulation;
    this.tokens += 1;
    // Now and then one that expires before it can be used.
    const life = random.chance(0.03) ? 1000 : 86_400_000;
    this.sessions.set(`t${this.tokens}`, { sent, notBefore, expiresAt: time + life });
    return `t${this.tokens}`;
  }

  private answer(token: string): ConfigPoll {
    const { random, time } = this.simulation;
    const session = this.sessions.get(token);
    this.sessions.delete(token);
    if (session === undefined || session.expiresAt < time) return this.failed('bad token');
    if (session.notBefore > time) {
      this.violations.push('polled before the service asked to');
      return this.failed('too early');
    }
    const { label } = this.current;
    const unchanged = session.sent === label;
    const content = unchanged ? '' : this.mangled(this.current.content);
    this.note();
    return {
      nextToken: this.token(label, time + PACE_SECONDS * 1000 - SLOWEST_ANSWER),
      nextPollSeconds: PACE_SECONDS,
      content,
      version: unchanged && random.chance(0.5) ? undefined : label,
    };
  }

  /** Cut off on the way, down to nothing at times. */
  private mangled(content: string): string {
    const { random } = this.simulation;
    if (!random.chance(0.06)) return content;
    this.healthySince = this.simulation.time;
    return random.chance(0.5) ? '' : content.slice(0, Math.floor(random.next() * content.length));
  }

  private store(alive: () => boolean): ConfigStore {
    return {
      read: async () => {
        const confirmedAt = new Date(this.simulation.time).toISOString();
        return this.disk === 'torn' ? { content: '{"a":7,"b":', version: 'torn', confirmedAt } : this.disk;
      },
      write: async stored => {
        if (!alive()) return;
        if (this.simulation.random.chance(0.05)) throw new Error('the disk is full');
        this.disk = this.simulation.random.chance(0.05) ? 'torn' : stored;
      },
    };
  }

  private mutateSource(source: ConfigSource): ConfigSource {
    let last: string | undefined;
    if (this.mutant === 'a token is used again after a failure') {
      return {
        start: async () => last ?? source.start(),
        poll: async token => {
          last = token;
          const answer = await source.poll(token);
          last = undefined;
          return answer;
        },
      };
    }
    const change: Partial<Record<ConfigMutant, (answer: ConfigPoll) => ConfigPoll>> = {
      'empty is an empty document': answer => ({ ...answer, content: answer.content || '{}' }),
      'polls at its own pace': answer => ({ ...answer, nextPollSeconds: 5 }),
      'a lost document counts as unchanged': answer =>
        answer.content === '' ? { ...answer, version: undefined } : answer,
    };
    const mutate = (this.mutant && change[this.mutant]) || (answer => answer);
    return { start: () => source.start(), poll: async token => mutate(await source.poll(token)) };
  }

  /** What a reader sees now. */
  private look(): void {
    const { config } = this;
    if (config === undefined) return;
    const { time } = this.simulation;
    const { a, b } = config.value;
    const known = config.origin === 'defaults' ? a === 0 : this.past.some(({ number }) => number === a);
    if (a !== b || !known) {
      this.violations.push(`served ${JSON.stringify(config.value)}`);
    }
    if (this.keptAtBirth && config.origin === 'defaults') {
      this.violations.push('serves the defaults, though a good document was kept');
    }
    if (a !== 0) this.adopted += 1;
    this.note();
    const since = Math.max(this.current.since, this.healthySince, this.bornAt);
    if (this.current.number > 0 && a !== this.current.number && !this.away && time > since + BOUND) {
      this.violations.push(`still ${a} at ${time}, ${this.current.label} since ${since}`);
    }
    const age = config.ageSeconds;
    const trueAge = (time - (this.lastTrue.get(a) ?? 0) - SLOWEST_ANSWER) / 1000 - 1;
    if (age !== null && age < trueAge) this.violations.push(`says ${age} s old, is ${trueAge}`);
    if (age === null && a !== 0) this.violations.push('of no age, though it was confirmed');
  }
}
