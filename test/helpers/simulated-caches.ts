// Several processes around one cache and one database: every message takes its time, is lost or comes late, the server
// dies or is cut off from some, and writers commit and invalidate meanwhile.
import type { Cache } from '../../lib/runtime/cache/cache';
import { CacheAside } from '../../lib/runtime/cache/cache-aside';
import { OwedRemovals } from '../../lib/runtime/cache/owed-removals';
import type { Landing, SingleFlight } from '../../lib/runtime/cache/single-flight';
import { silentLogger } from '../../lib/runtime/telemetry/logger';
import type { FastSimulation } from './fast-simulation';
import { type Carry, ModelCache, ModelCacheServer } from './model-cache';

/** A part taken out. */
export type CacheMutant = 'a fill needs no lease' | 'whoever comes joins any load' | 'removals are not owed';

const PROCESSES = 3;
const KEYS = ['a', 'b'];
const END = 12_000;
const TIMEOUT = 100;

interface Process {
  readonly aside: CacheAside<number>;
  readonly cache: Cache;
  cutOffUntil: number;
  /** Least version that this process itself knows to be invalidated. */
  readonly floor: Map<string, number>;
}

class CarelessServer extends ModelCacheServer {
  override fill(key: string, _token: string, record: Parameters<ModelCacheServer['fill']>[2]): boolean {
    return super.put(key, { ...record, version: Number.MAX_SAFE_INTEGER - this.keys.size });
  }
}

/** One schedule. */
export class SimulatedCaches {
  readonly violations: string[] = [];
  readonly counts = { reads: 0, hits: 0, stale: 0, writes: 0, failures: 0, unconfirmed: 0 };
  private readonly server: ModelCacheServer;
  private serverDownUntil = 0;
  private databaseDownUntil = 0;
  private readonly versions = new Map<string, number>();
  /** Least version of a key whose invalidation the cache confirmed to somebody. */
  private readonly floor = new Map<string, number>();
  private readonly processes: readonly Process[];

  constructor(
    private readonly simulation: FastSimulation,
    private readonly mutant?: CacheMutant,
  ) {
    const now = () => simulation.time;
    this.server = mutant === 'a fill needs no lease' ? new CarelessServer(now) : new ModelCacheServer(now);
    this.processes = Array.from({ length: PROCESSES }, (_, index) => this.makeProcess(index));
  }

  async run(): Promise<this> {
    const { random } = this.simulation;
    const at = (happen: () => void) => this.at(random.between(0, END * 0.9), happen);
    for (let read = 0; read < 120; read += 1) at(() => void this.read());
    for (let write = 0; write < 12; write += 1) at(() => void this.write());
    for (let cut = 0; cut < 4; cut += 1) {
      at(() => {
        random.pick(this.processes).cutOffUntil = this.simulation.time + random.between(50, 1500);
      });
    }
    at(() => {
      this.server.keys.clear();
      this.serverDownUntil = this.simulation.time + random.between(100, 1000);
    });
    at(() => {
      this.databaseDownUntil = this.simulation.time + random.between(200, 1500);
    });
    await this.simulation.run(END);
    for (const { cache } of this.processes) await cache.close();
    this.lookAtEnd();
    return this;
  }

  private makeProcess(index: number): Process {
    const plain = new ModelCache(this.server, `p${index}`, this.carry(index));
    const clock = {
      monotonic: () => this.simulation.time,
      sleep: (milliseconds: number) => this.wait(milliseconds),
    };
    const cache =
      this.mutant === 'removals are not owed'
        ? plain
        : new OwedRemovals({ cache: plain, clock, logger: silentLogger });
    const aside = new CacheAside<number>({
      cache,
      clock,
      random: () => this.simulation.random.next(),
      key: id => id,
      load: id => this.load(id),
      ttlMilliseconds: () => 800,
      staleMilliseconds: 2000,
      negativeMilliseconds: 300,
      leaseMilliseconds: 400,
      waitMilliseconds: 100,
    });
    if (this.mutant === 'whoever comes joins any load') joinAny(aside);
    return { aside, cache, cutOffUntil: 0, floor: new Map() };
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

  /** A slow message arrives after its sender gave it up. */
  private carry(index: number): Carry {
    const { random } = this.simulation;
    return <T>(command: () => T) =>
      new Promise<T | undefined>(resolve => {
        const sentAt = this.simulation.time;
        const late = random.chance(0.05) ? random.between(0, 600) : 0;
        this.at(sentAt + TIMEOUT, () => resolve(undefined));
        this.at(sentAt + random.between(1, 10) + late, () => {
          const { time } = this.simulation;
          const cutOff = (this.processes[index]?.cutOffUntil ?? 0) > time || this.serverDownUntil > time;
          if (cutOff || random.chance(0.02)) return;
          const answer = command();
          if (!random.chance(0.02)) this.at(time + random.between(1, 10), () => resolve(answer));
        });
      });
  }

  private async load(id: string): Promise<number | undefined> {
    const { random } = this.simulation;
    const slow = random.chance(0.1) ? 500 : 0;
    await this.wait(random.between(1, 40 + slow));
    if (this.databaseDownUntil > this.simulation.time) throw new Error('the database is away');
    const version = this.versions.get(id);
    await this.wait(random.between(1, 40 + slow));
    return version;
  }

  private async write(): Promise<void> {
    const { random } = this.simulation;
    const [id, process] = [random.pick(KEYS), random.pick(this.processes)];
    const version = (this.versions.get(id) ?? 0) + 1;
    this.versions.set(id, version);
    this.counts.writes += 1;
    await this.wait(random.between(0, 20));
    if (await process.aside.invalidate(id)) raise(this.floor, id, version);
    else this.counts.unconfirmed += 1;
    raise(process.floor, id, version);
  }

  private async read(): Promise<void> {
    const { random, time } = this.simulation;
    const [id, process] = [random.pick(KEYS), random.pick(this.processes)];
    const least = Math.max(this.floor.get(id) ?? 0, process.floor.get(id) ?? 0);
    this.counts.reads += 1;
    try {
      const { value = 0, source } = await process.aside.read(id);
      if (source === 'cache') this.counts.hits += 1;
      if (source === 'stale') this.counts.stale += 1;
      if (value < least) {
        this.violations.push(
          `a read of ${id} begun at ${time} got ${value} (${source}), ${least} was invalidated before`,
        );
      }
    } catch (error) {
      this.counts.failures += 1;
      if (!/database is away/.test(String(error))) this.violations.push(`a read failed: ${String(error)}`);
    }
  }

  /** Long after the last write nothing old is left. */
  private lookAtEnd(): void {
    for (const [key, { record }] of this.server.keys) {
      const stored = record?.text === undefined ? 0 : Number(record.text);
      if (record !== undefined && stored < (this.floor.get(key) ?? 0))
        this.violations.push(`${key} stays at ${stored}`);
    }
  }
}

function raise(floor: Map<string, number>, id: string, version: number): void {
  floor.set(id, Math.max(version, floor.get(id) ?? 0));
}

/** Single flight as it is usually written. */
function joinAny(aside: CacheAside<number>): void {
  const { flights } = aside as unknown as { readonly flights: SingleFlight<number | undefined> };
  const start = flights.start.bind(flights);
  const underWay = new Map<string, Promise<Landing<number | undefined>>>();
  flights.start = (key, load) => {
    const landing = start(key, load);
    underWay.set(key, landing);
    return landing;
  };
  flights.join = async key => (flights.has(key) ? underWay.get(key) : undefined);
}
