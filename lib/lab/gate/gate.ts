import path from 'node:path';
import type { Clock, Output } from '../../ports';
import { packageRoot } from '../package-root';
import type { ProcessRegistry, ProcessSpec } from '../processes';
import { Supervisor } from '../supervisor';

/** What a gate's process needs. */
export interface GateProcessOptions {
  readonly region: string;
  /** Loopback address of the Region. */
  readonly host: string;
  readonly port: number;
  /** Environment of the deployed function, with what the lab lays over it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly output: Output;
}

/** The gate of a Region: the bundle of its function behind an HTTP endpoint of its own. */
export class GateProcess {
  private readonly supervisor: Supervisor;

  constructor(private readonly options: GateProcessOptions) {
    const { registry, clock, output, region } = options;
    const name = `gate-${region}`;
    this.supervisor = new Supervisor({ registry, clock, output, name, specify: () => this.specify(name) });
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

  /** Kills it as a fault would; it is started again. */
  kill(): void {
    this.supervisor.process?.kill('SIGKILL');
  }

  private specify(name: string): ProcessSpec {
    const { host, port, environment } = this.options;
    const built = path.join(packageRoot(), 'dist');
    const server = path.join(built, 'lib', 'lab', 'gate', 'gate-server.js');
    const bundle = path.join(built, 'bundles', 'gate', 'index.cjs');
    const memory = ['--max-old-space-size=64', '--max-semi-space-size=2'];
    return {
      name,
      command: process.execPath,
      args: [...memory, server, bundle, host, String(port)],
      env: environment,
      stopTimeout: 2000,
    };
  }
}
