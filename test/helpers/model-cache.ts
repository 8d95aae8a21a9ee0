// What the scripts of lib/runtime/cache/cache-scripts.ts do, in memory; a test compares it with a real server.
import type { Cache, CacheLookup, CacheRecord, CacheRemoval } from '../../lib/runtime/cache/cache';

interface Stored {
  record?: CacheRecord;
  lease?: string;
  leaseUntil?: number;
  quiet?: boolean;
  expiresAt: number;
}

/** The server: each method happens at once. */
export class ModelCacheServer {
  readonly keys = new Map<string, Stored>();

  constructor(private readonly now: () => number) {}

  lookup(key: string, lease: number, token: string): CacheLookup {
    const stored = this.find(key);
    if (stored?.record !== undefined) {
      const ageMilliseconds = stored.record.hardMilliseconds - (stored.expiresAt - this.now());
      return { kind: 'hit', entry: { ...stored.record, ageMilliseconds } };
    }
    if (stored?.quiet === true) return { kind: 'quiet' };
    if (stored !== undefined) return { kind: 'busy' };
    this.keys.set(key, { lease: token, expiresAt: this.now() + lease });
    return { kind: 'lease', token };
  }

  claim(key: string, lease: number, token: string, force = false): boolean {
    const stored = this.find(key);
    const until = this.now() + lease;
    if (stored?.quiet === true) return false;
    if (stored?.lease !== undefined && !force && (stored.leaseUntil ?? until) > this.now()) return false;
    this.keys.set(key, {
      ...stored,
      lease: token,
      leaseUntil: until,
      expiresAt: stored?.record === undefined ? until : stored.expiresAt,
    });
    return true;
  }

  fill(key: string, token: string, record: CacheRecord): boolean {
    const stored = this.find(key);
    if (stored?.lease !== token) return false;
    const [held, offered] = [stored.record?.version, record.version];
    if (held !== undefined && offered !== undefined && held > offered) {
      this.keys.set(key, { record: stored.record, expiresAt: stored.expiresAt });
      return false;
    }
    return this.store(key, record);
  }

  put(key: string, record: CacheRecord & { readonly version: number }): boolean {
    const held = this.find(key)?.record?.version;
    return (held === undefined || held < record.version) && this.store(key, record);
  }

  release(key: string, token: string): void {
    const stored = this.find(key);
    if (stored?.lease !== token) return;
    if (stored.record === undefined) this.keys.delete(key);
    else this.keys.set(key, { record: stored.record, expiresAt: stored.expiresAt });
  }

  remove(key: string, { quietMilliseconds = 0 }: CacheRemoval = {}): boolean {
    this.keys.delete(key);
    if (quietMilliseconds > 0) this.keys.set(key, { quiet: true, expiresAt: this.now() + quietMilliseconds });
    return true;
  }

  private store(key: string, record: CacheRecord): boolean {
    this.keys.set(key, { record, expiresAt: this.now() + record.hardMilliseconds });
    return true;
  }

  private find(key: string): Stored | undefined {
    const stored = this.keys.get(key);
    if (stored === undefined || stored.expiresAt > this.now()) return stored;
    this.keys.delete(key);
    return undefined;
  }
}

/** Carries a command to the server; `undefined` when no answer came, whether or not it arrived. */
export type Carry = <T>(command: () => T) => Promise<T | undefined>;

const atOnce: Carry = async command => command();

/** A process's side of the model. */
export class ModelCache implements Cache {
  problem: string | undefined;
  private tokens = 0;

  constructor(
    readonly server: ModelCacheServer,
    private readonly name = 'model',
    private readonly carry: Carry = atOnce,
  ) {}

  async lookup(key: string, lease: number): Promise<CacheLookup> {
    const token = this.token();
    return (await this.send(() => this.server.lookup(key, lease, token))) ?? { kind: 'away' };
  }

  async claim(key: string, lease: number, force?: boolean): Promise<string | undefined> {
    const token = this.token();
    return (await this.send(() => this.server.claim(key, lease, token, force))) === true ? token : undefined;
  }

  async fill(key: string, token: string, record: CacheRecord): Promise<boolean> {
    return (await this.send(() => this.server.fill(key, token, record))) === true;
  }

  async put(key: string, record: CacheRecord & { readonly version: number }): Promise<boolean> {
    return (await this.send(() => this.server.put(key, record))) === true;
  }

  async release(key: string, token: string): Promise<void> {
    await this.send(() => this.server.release(key, token));
  }

  async remove(key: string, removal?: CacheRemoval): Promise<boolean> {
    return (await this.send(() => this.server.remove(key, removal))) === true;
  }

  async clear(): Promise<boolean> {
    return (await this.send(() => this.server.keys.clear() === undefined)) === true;
  }

  async close(): Promise<void> {}

  private token(): string {
    this.tokens += 1;
    return `${this.name}:${this.tokens}`;
  }

  private async send<T>(command: () => T): Promise<T | undefined> {
    let arrived = false;
    const answer = await this.carry(() => {
      const result = command();
      arrived = true;
      return { result };
    });
    this.problem = answer === undefined ? `no answer${arrived ? ' came back' : ''}` : undefined;
    return answer?.result;
  }
}
