import type { Clock, Output } from '../../ports';
import type { Target } from '../balancer';
import { preloadArguments } from '../disturbance';
import { freePort } from '../network';
import type { ProcessRegistry, ProcessSpec, RunningProcess } from '../processes';
import { Supervisor } from '../supervisor';
import type { LaunchFacts } from './user-data';

/** Heap of a clone or worker, in MB: a lab runs many of them on one machine. */
const HEAP = 96;

/** One instance that an Auto Scaling group wants. */
export interface WantedInstance {
  /** Instance id. */
  readonly id: string;
  /** Name of its group. */
  readonly group: string;
  /** Availability zone, as the group placed it. */
  readonly zone: string;
  readonly launch: LaunchFacts;
}

/** Which instances a fault strikes. */
export interface StruckInstances {
  /** `service`, `worker` or both. */
  readonly entries: readonly string[];
  /** @default - every zone */
  readonly zone?: string;
  /** @default - every instance */
  readonly id?: string;
}

/** What is known of an instance's process. */
export interface InstanceStatus {
  readonly id: string;
  readonly group: string;
  /** `service` or `worker`. */
  readonly entry: string;
  readonly zone: string;
  readonly running: boolean;
  /** Whether a fault has frozen it. */
  readonly frozen: boolean;
  readonly restarts: number;
}

/** What the instances of a Region need. */
export interface InstancesOptions {
  readonly region: string;
  /** Loopback address of the Region. */
  readonly host: string;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly output: Output;
  /** Finds the program of an instance, fetching its artifact when that is new. */
  readonly program: (launch: LaunchFacts) => Promise<string>;
  /** What the lab lays over the environment of every process; undefined takes a variable away. */
  readonly overlay: Readonly<Record<string, string | undefined>>;
  /** Called when the set of targets has changed: a start took another port. */
  readonly changed: () => void;
}

interface Running {
  readonly wanted: WantedInstance;
  readonly supervisor: Supervisor;
  /** Port of the present process. */
  port?: number;
}

/** The processes of a Region's clones and workers: one an instance, started and stopped as the groups want. */
export class Instances {
  private readonly all = new Map<string, Running>();
  /** Instances on their way out, which may be wanted again before they have ended. */
  private readonly leaving = new Map<string, Promise<void>>();

  constructor(private readonly options: InstancesOptions) {}

  /**
   * Starts what is wanted and not there. An instance whose launch facts changed is not touched: clones are
   * immutable, and it is the group that replaces them.
   * @returns the ids that are there and no longer wanted, to be taken out of the balancer before {@link stop}
   */
  async reconcile(wanted: readonly WantedInstance[]): Promise<string[]> {
    const ids = new Set(wanted.map(instance => instance.id));
    const fresh = wanted.filter(instance => !this.all.has(instance.id));
    await Promise.all(fresh.map(instance => this.start(instance)));
    return [...this.all.keys()].filter(id => !ids.has(id));
  }

  /** Stops an instance in order. */
  async stop(id: string): Promise<void> {
    const running = this.all.get(id);
    this.all.delete(id);
    if (running === undefined) return;
    const ended = running.supervisor.stop().finally(() => this.leaving.delete(id));
    this.leaving.set(id, ended);
    await ended;
  }

  /** Stops everything. */
  async stopAll(): Promise<void> {
    await Promise.all([...[...this.all.keys()].map(id => this.stop(id)), ...this.leaving.values()]);
  }

  /** Where the instances of a group listen. */
  targets(group: string): Target[] {
    return [...this.all].flatMap(([id, { wanted, port }]) =>
      wanted.group === group && port !== undefined ? [{ id, host: this.options.host, port }] : [],
    );
  }

  /** The living processes that a fault may strike, in the order of their launch. */
  struck({ entries, zone, id }: StruckInstances): RunningProcess[] {
    return [...this.all].flatMap(([each, { wanted, supervisor }]) =>
      supervisor.process !== undefined &&
      entries.includes(wanted.launch.artifact.entry) &&
      (zone === undefined || wanted.zone === zone) &&
      (id === undefined || each === id)
        ? [supervisor.process]
        : [],
    );
  }

  /** What is known of every instance. */
  status(): InstanceStatus[] {
    return [...this.all].map(([id, { wanted, supervisor }]) => ({
      id,
      group: wanted.group,
      entry: wanted.launch.artifact.entry,
      zone: wanted.zone,
      running: supervisor.process !== undefined,
      frozen: supervisor.process?.frozen === true,
      restarts: supervisor.restarts,
    }));
  }

  private async start(wanted: WantedInstance): Promise<void> {
    const { registry, clock, output, region } = this.options;
    const running: Running = {
      wanted,
      supervisor: new Supervisor({
        registry,
        clock,
        output,
        name: `${wanted.launch.artifact.entry}-${region}-${wanted.id}`,
        specify: () => this.specify(running),
        started: this.options.changed,
      }),
    };
    this.all.set(wanted.id, running);
    try {
      await this.leaving.get(wanted.id);
      await running.supervisor.start();
    } catch (error) {
      this.all.delete(wanted.id);
      throw error;
    }
  }

  /** Each start takes a free port: the last one may have been taken meanwhile. */
  private async specify(running: Running): Promise<ProcessSpec> {
    const { host, region, program, overlay } = this.options;
    const { launch, id } = running.wanted;
    const { entry } = launch.artifact;
    running.port = entry === 'service' ? await freePort(host) : undefined;
    const environment: Record<string, string | undefined> = {
      ...launch.environment,
      AWS_REGION: launch.environment.AWS_REGION ?? region,
      HOLDFAST_INSTANCE_ID: id,
      HOLDFAST_LISTEN: `${host}:${running.port ?? 0}`,
      ...overlay,
    };
    return {
      name: `${entry}-${region}-${id}`,
      command: process.execPath,
      args: [
        `--max-old-space-size=${HEAP}`,
        '--max-semi-space-size=2',
        ...preloadArguments(),
        await program(launch),
      ],
      env: defined(environment),
      disturbable: true,
      stopTimeout: 15_000,
    };
  }
}

function defined(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
