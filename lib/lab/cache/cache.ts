import type { Clock, Output } from '../../ports';
import type { ProcessRegistry, RunningProcess } from '../processes';
import { Supervisor } from '../supervisor';

/** What a cache server needs. */
export interface CacheServerOptions {
  readonly region: string;
  /** Loopback address of the Region. */
  readonly host: string;
  readonly port: number;
  /** Path of `valkey-server`. */
  readonly command: string;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly output: Output;
}

/**
 * The cache of a Region: one Valkey server that keeps nothing on disk. A death loses its contents and it is started
 * again at the same address, as ElastiCache replaces a node.
 */
export class CacheServer {
  private readonly supervisor: Supervisor;

  constructor(private readonly options: CacheServerOptions) {
    const { registry, clock, output } = options;
    this.supervisor = new Supervisor({
      registry,
      clock,
      output,
      name: this.name,
      specify: () => this.specify(),
    });
  }

  get region(): string {
    return this.options.region;
  }

  /** Name of its process. */
  get name(): string {
    return `cache-${this.options.region}`;
  }

  /** URL for clients in the Region. */
  get url(): string {
    return `redis://${this.options.host}:${this.options.port}`;
  }

  /** Whether its process lives. */
  get running(): boolean {
    return this.supervisor.process !== undefined;
  }

  /** Restarts after unasked deaths. */
  get restarts(): number {
    return this.supervisor.restarts;
  }

  start(): Promise<void> {
    return this.supervisor.start();
  }

  stop(): Promise<void> {
    return this.supervisor.stop();
  }

  /** Its process, to be struck; undefined between a death and the restart. */
  get process(): RunningProcess | undefined {
    return this.supervisor.process;
  }

  private specify() {
    const { host, port, command } = this.options;
    const memory = ['--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru'];
    const nothingOnDisk = ['--save', '', '--appendonly', 'no'];
    return {
      name: this.name,
      command,
      args: ['--bind', host, '--port', String(port), '--protected-mode', 'no', ...memory, ...nothingOnDisk],
      env: { PATH: '/usr/bin:/bin' },
    };
  }
}
