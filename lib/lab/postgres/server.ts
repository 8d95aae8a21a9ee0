import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock, Output } from '../../ports';
import type { ProcessRegistry, RunningProcess } from '../processes';
import { Supervisor } from '../supervisor';
import { waitFor } from '../wait-for';
import type { PostgresBinaries } from './binaries';
import { AdminConnection } from './connection';
import { parsePosition } from './control-file';
import { type Upstream, writeSettings } from './settings';
import { give, type ServerUser } from './user';

/** Milliseconds until a starting server must answer; recovery on a busy machine is slow. */
const START_TIMEOUT = 60_000;

/** What a server needs. */
export interface PostgresServerOptions {
  readonly region: string;
  /** Home whose database it holds. @default - the application has no homes */
  readonly home?: string;
  /** Loopback address of the Region. */
  readonly host: string;
  readonly port: number;
  /** Folder of the data, which the server's user owns. */
  readonly dataFolder: string;
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser | undefined;
  /** Password of the administrator `holdfast`, who also replicates. */
  readonly password: string;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly output: Output;
}

/** Name of the administrator in each server. */
export const ADMINISTRATOR = 'holdfast';

/** One PostgreSQL server: the database cluster of a Region. */
export class PostgresServer {
  readonly region: string;
  readonly host: string;
  readonly port: number;
  readonly dataFolder: string;
  private readonly supervisor: Supervisor;
  private readonly admin: AdminConnection;

  constructor(readonly options: PostgresServerOptions) {
    const { region, host, port, dataFolder, registry, clock, output } = options;
    this.region = region;
    this.host = host;
    this.port = port;
    this.dataFolder = dataFolder;
    this.admin = this.connect();
    this.supervisor = new Supervisor({
      registry,
      clock,
      output,
      name: this.name,
      specify: () => this.specify(),
    });
  }

  /** Name of its process. */
  get name(): string {
    const { region, home } = this.options;
    return home === undefined ? `postgres-${region}` : `postgres-${region}-${home}`;
  }

  /** Whether its process lives. */
  get running(): boolean {
    return this.supervisor.process !== undefined;
  }

  /** Restarts after unasked deaths. */
  get restarts(): number {
    return this.supervisor.restarts;
  }

  /** A connection of its own, for what needs one session. */
  connect(database = 'postgres'): AdminConnection {
    const { host, port, password } = this.options;
    return new AdminConnection({ host, port, password, user: ADMINISTRATOR, database });
  }

  /** What a standby must know to follow this server. */
  get upstream(): Upstream {
    const { host, port, password } = this.options;
    return { host, port, password, user: ADMINISTRATOR };
  }

  /** Runs a statement as administrator. `timeout` in milliseconds. */
  query<Row extends object>(sql: string, values: readonly unknown[] = [], timeout?: number): Promise<Row[]> {
    return this.admin.query<Row>(sql, values, timeout);
  }

  /**
   * Starts it as a primary, or as a standby that follows `upstream`, and waits until it answers.
   * @throws HoldfastError `timeout`
   */
  async start(upstream?: Upstream, signal?: AbortSignal): Promise<void> {
    writeSettings(this.options, upstream);
    const standby = path.join(this.dataFolder, 'standby.signal');
    if (upstream === undefined) rmSync(standby, { force: true });
    else {
      writeFileSync(standby, '');
      give(standby, this.options.user);
    }
    await this.supervisor.start();
    await this.answers(signal);
  }

  /** Waits until it answers queries. */
  async answers(signal?: AbortSignal): Promise<void> {
    const { clock } = this.options;
    const what = `PostgreSQL of ${this.region} to answer`;
    await waitFor(async () => (await this.query('select 1')).length === 1, {
      clock,
      timeout: START_TIMEOUT,
      what,
      signal,
    });
  }

  /** Stops it in order; a primary hands all of its log to the standbys that are connected. */
  async stop(): Promise<void> {
    await this.admin.close();
    await this.supervisor.stop();
  }

  /** Its process, to be struck; undefined between a death and the restart. */
  get process(): RunningProcess | undefined {
    return this.supervisor.process;
  }

  /** Whether it is a standby. */
  async isStandby(): Promise<boolean> {
    const [row] = await this.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
    return row?.standby === true;
  }

  /** How far it has replayed (standby) or written (primary). */
  async position(): Promise<bigint> {
    const [row] = await this.query<{ position: string }>(
      `select case when pg_is_in_recovery() then coalesce(pg_last_wal_replay_lsn(), '0/0')
                   else pg_current_wal_lsn() end::text as position`,
    );
    return parsePosition(row?.position ?? '0/0');
  }

  /** Empties the place of its data. */
  clear(): void {
    rmSync(this.dataFolder, { recursive: true, force: true });
    const parent = path.dirname(this.dataFolder);
    mkdirSync(parent, { recursive: true });
    chmodSync(parent, 0o711); // whatever the umask: the server's user must pass through
    mkdirSync(this.dataFolder, { mode: 0o700 });
    give(this.dataFolder, this.options.user);
  }

  private specify() {
    const { binaries, user } = this.options;
    return {
      name: this.name,
      command: path.join(binaries.bin, 'postgres'),
      args: ['-D', this.dataFolder],
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      cwd: this.dataFolder,
      user,
      stopSignal: 'SIGINT' as const, // fast shutdown: ends sessions, writes a checkpoint, streams it
      stopTimeout: 30_000,
    };
  }
}
