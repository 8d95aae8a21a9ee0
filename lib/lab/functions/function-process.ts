import path from 'node:path';
import type { Clock, Output } from '../../ports';
import { preloadArguments } from '../disturbance';
import { freePort } from '../network';
import { packageRoot } from '../package-root';
import type { ProcessRegistry, ProcessSpec, RunningProcess } from '../processes';
import { Supervisor } from '../supervisor';

/** What the process of a function needs. */
export interface FunctionProcessOptions {
  /** Name of the process. */
  readonly name: string;
  /** Folder of the function's bundle under `dist/bundles`. */
  readonly bundle: string;
  /** What stands in front of it: an HTTP endpoint as API Gateway has it, or one that invokes it with an empty event. */
  readonly server: 'gate-server' | 'function-server';
  /** Loopback address of the Region. */
  readonly host: string;
  /** @default - a free one, taken anew at each start */
  readonly port?: number;
  /** Environment of the deployed function, with what the lab lays over it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly output: Output;
}

/** A deployed function: its own bundle in a process of its own, which is kept alive. */
export class FunctionProcess {
  private readonly supervisor: Supervisor;
  private taken: number | undefined;

  constructor(private readonly options: FunctionProcessOptions) {
    const { registry, clock, output, name } = options;
    this.supervisor = new Supervisor({ registry, clock, output, name, specify: () => this.specify() });
  }

  /** Where it listens; undefined before its first start. */
  get port(): number | undefined {
    return this.taken;
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

  private async specify(): Promise<ProcessSpec> {
    const { name, bundle, server, host, environment } = this.options;
    const port = this.options.port ?? (await freePort(host));
    this.taken = port;
    const built = path.join(packageRoot(), 'dist');
    const program = path.join(built, 'lib', 'lab', 'functions', `${server}.js`);
    const memory = ['--max-old-space-size=64', '--max-semi-space-size=2'];
    return {
      name,
      command: process.execPath,
      args: [
        ...memory,
        ...preloadArguments(),
        ...[program, path.join(built, 'bundles', bundle, 'index.cjs'), host, String(port)],
      ],
      env: environment,
      disturbable: true,
      stopTimeout: 2000,
    };
  }
}
