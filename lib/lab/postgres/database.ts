import { HoldfastError } from '../../errors';
import type { Clock, Output } from '../../ports';
import { waitFor } from '../wait-for';
import { baseCopy } from './base-copy';
import { type ApplicationDatabase, createDatabase, initialise } from './birth';
import { readControlFile } from './control-file';
import { LagMeter } from './lag';
import { caughtUp, promote } from './promotion';
import { ReplicationLinks } from './replication-link';
import type { PostgresServer } from './server';
import type { ServerStatus } from './server-status';

/** Milliseconds that a former primary gets to follow the new one before it is copied anew. */
const FOLLOW_TIMEOUT = 10_000;

/** What a global database needs. */
export interface GlobalDatabaseOptions {
  /** One server a Region. */
  readonly servers: readonly PostgresServer[];
  /** Region of the first writer. */
  readonly seed: string;
  readonly database: ApplicationDatabase;
  readonly clock: Clock;
  readonly output: Output;
}

/** A stand-in for an Aurora global database: one PostgreSQL server a Region; one writes, the others stream from it. */
export class GlobalDatabase {
  private writerRegion: string;
  private readonly meter = new LagMeter();
  /** How far each replica had replayed at the last look that it answered, and whether the last look was one. */
  private readonly replayed = new Map<string, { readonly position: bigint; readonly answered: boolean }>();
  /** Regions whose server wrote what the writer lacks: they must be copied anew. */
  private readonly diverged = new Set<string>();
  /** Regions whose server is held down: nothing starts it but {@link release}. */
  private readonly held = new Set<string>();
  private readonly links = new ReplicationLinks(() => this.server(this.writerRegion).upstream);
  private moving = false;

  constructor(private readonly options: GlobalDatabaseOptions) {
    this.writerRegion = options.seed;
  }

  /** Region of the writer. */
  get writer(): string {
    return this.writerRegion;
  }

  /** The server of a Region. Throws HoldfastError `not-found`. */
  server(region: string): PostgresServer {
    const found = this.options.servers.find(server => server.region === region);
    if (found === undefined) throw new HoldfastError('not-found', `no database in ${region}`);
    return found;
  }

  /** Creates the writer and copies it to every other Region. */
  async create(signal?: AbortSignal): Promise<void> {
    const writer = this.server(this.writerRegion);
    await initialise(writer);
    await writer.start(undefined, signal);
    await createDatabase(writer, this.options.database);
    for (const replica of this.replicas()) await this.copyAnew(replica, signal);
  }

  /** Stops every server, standbys last so that they take the writer's last record. */
  async stop(): Promise<void> {
    await this.server(this.writerRegion).stop();
    await Promise.all(this.replicas().map(replica => replica.stop()));
    this.links.close();
  }

  /**
   * Moves the writer without loss, by construction and whatever the application does: the old writer is shut down
   * in order, which ends its sessions and streams its whole log; the target is promoted only when it has replayed
   * the old writer's last record. When it has not, the old writer is started again and nothing has moved. The old
   * writer then follows the new one (see {@link rejoin}).
   * @throws HoldfastError `refused` (nothing moved) or `timeout`
   */
  async switchover(to: string): Promise<void> {
    await this.move(to, async (old, target) => {
      if (!(await this.isStreaming(target))) {
        throw new HoldfastError('refused', `the database of ${to} does not follow that of ${old.region}`);
      }
      await old.stop();
      try {
        await caughtUp(old, target, this.options.clock);
      } catch (cause) {
        await old.start();
        throw new HoldfastError('refused', `${to} has not replayed all of ${old.region}; nothing moved`, [], {
          cause,
        });
      }
      await promote(target, this.options.clock);
    });
  }

  /**
   * Makes a Region's server the writer without asking the old one; what had not been replicated is lost. The old
   * server is stopped if it still runs and waits for {@link rejoin}.
   */
  async failover(to: string): Promise<void> {
    await this.move(to, async (old, target) => {
      this.diverged.add(old.region);
      await promote(target, this.options.clock);
      // As with Aurora the fence of the old writer is best effort, and nothing waits for it: the epoch keeps
      // writers out. rejoin() stops it for good.
      void old.stop().catch(() => undefined);
    });
  }

  /**
   * Makes every other server follow the writer. One that was shut down in order holds nothing that the writer
   * lacks and simply changes its timeline; any other is copied anew.
   */
  async rejoin(signal?: AbortSignal): Promise<void> {
    const writer = this.server(this.writerRegion);
    for (const replica of this.replicas().filter(found => !this.held.has(found.region))) {
      const intact = !this.diverged.has(replica.region);
      if (intact && (await this.isStreaming(replica))) continue;
      if (!(intact && (await this.follows(replica, writer, signal)))) await this.copyAnew(replica, signal);
      this.say('lab.database.rejoined', `the database of ${replica.region} follows ${writer.region}`);
    }
  }

  /** Stops a Region's server and keeps it down, as when it is lost for good. */
  async hold(region: string): Promise<void> {
    this.held.add(region);
    await this.server(region).stop();
  }

  /** Starts a server that was held down, in the role that it has by now. */
  async release(region: string): Promise<void> {
    this.held.delete(region);
    if (region === this.writerRegion) await this.server(region).start();
    else await this.rejoin();
  }

  /**
   * Cuts a Region's server off from the writer, delays the network between them by milliseconds each way, or lets it
   * follow as before. A delay lasts until then, or until the server is promoted or copied anew.
   * @throws HoldfastError `refused` for the writer
   */
  async link(region: string, state: 'cut' | 'mend' | number): Promise<void> {
    if (region === this.writerRegion)
      throw new HoldfastError('refused', `${region} has the writer: it follows nobody`);
    await this.links.set(this.server(region), state);
  }

  /** Takes one look at every server, for the lag. Never throws: what does not answer keeps its last position. */
  async observe(): Promise<void> {
    const { clock } = this.options;
    const writer = this.server(this.writerRegion);
    const position = await writer.position().catch(() => undefined);
    if (position !== undefined && !this.moving) this.meter.primaryAt(clock.monotonic(), position);
    await Promise.all(
      this.replicas().map(async replica => {
        const position = await replica.position().catch(() => undefined);
        const last = this.replayed.get(replica.region);
        if (position !== undefined) this.replayed.set(replica.region, { position, answered: true });
        else if (last !== undefined) this.replayed.set(replica.region, { ...last, answered: false });
      }),
    );
  }

  /** What is known of each server, by the last {@link observe}. */
  status(): ServerStatus[] {
    return this.options.servers.map(({ region, running, restarts }) => ({
      region,
      role: region === this.writerRegion ? 'writer' : 'replica',
      running,
      restarts,
      lag: this.lag(region),
    }));
  }

  private lag(region: string): number | undefined {
    const replayed = this.replayed.get(region);
    if (region === this.writerRegion || replayed === undefined || this.moving) return undefined;
    const lag = this.meter.lagOf(replayed.position, this.options.clock.monotonic());
    // A silent replica that lacks nothing yet may already be gone: that is not known to be no lag.
    return lag === 0 && !replayed.answered ? undefined : lag;
  }

  private replicas(): PostgresServer[] {
    return this.options.servers.filter(server => server.region !== this.writerRegion);
  }

  private async move(to: string, act: (old: PostgresServer, target: PostgresServer) => Promise<void>) {
    if (this.moving) throw new HoldfastError('conflict', 'the database is being moved already');
    if (to === this.writerRegion) return;
    const old = this.server(this.writerRegion);
    const target = this.server(to);
    this.moving = true;
    try {
      await act(old, target);
      await this.links.set(target, 'mend');
      this.writerRegion = to;
      this.meter.reset();
      this.replayed.clear();
      this.say('lab.database.promoted', `the database of ${to} is the writer`);
    } finally {
      this.moving = false;
    }
  }

  private async copyAnew(replica: PostgresServer, signal?: AbortSignal): Promise<void> {
    const writer = this.server(this.writerRegion);
    await replica.stop();
    this.links.forget(replica.region);
    await baseCopy(writer, replica);
    await replica.start(writer.upstream, signal);
    await this.streams(replica, signal);
    this.diverged.delete(replica.region);
  }

  private async follows(replica: PostgresServer, writer: PostgresServer, signal?: AbortSignal) {
    if (!replica.running && readControlFile(replica.dataFolder).stoppedAs === 'neither') return false;
    try {
      await replica.stop();
      await replica.start(writer.upstream, signal);
      await this.streams(replica, signal, FOLLOW_TIMEOUT);
      return true;
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'timeout') return false;
      throw error;
    }
  }

  private streams(replica: PostgresServer, signal?: AbortSignal, timeout = 60_000): Promise<boolean> {
    return waitFor(() => this.isStreaming(replica), {
      clock: this.options.clock,
      timeout,
      signal,
      what: `${replica.region} to follow ${this.writerRegion}`,
    });
  }

  private async isStreaming(replica: PostgresServer): Promise<boolean> {
    const rows = await this.server(this.writerRegion)
      .query(`select 1 from pg_stat_replication where application_name = $1 and state = 'streaming'`, [
        replica.region,
      ])
      .catch(() => []);
    return rows.length > 0;
  }

  private say(code: string, text: string): void {
    this.options.output.emit({ code, level: 'info', text });
  }
}
