import { gateMemoryName, loadBalancerName } from '../../naming';
import type { Clock, Output } from '../../ports';
import type { Balancer, TargetGroup } from '../balancer';
import { FunctionProcess } from '../functions';
import type { ProcessRegistry } from '../processes';
import { type BalancingState, readBalancing } from './balancing';
import type { RegionClients } from './clients';
import { gateEnvironment, readFunctions } from './functions';
import { type GroupState, liftToMinimum, readGroups, readLaunch } from './groups';
import { Instances } from './instances';
import type { Problems } from './problems';
import { released } from './released-build';
import type { LaunchFacts } from './user-data';

/** What following one Region needs. */
export interface RegionFollowerOptions {
  readonly application: string;
  readonly region: string;
  /** Loopback address of the Region. */
  readonly host: string;
  /** The gate of each home, and the port on which it listens. */
  readonly gates: readonly { readonly home?: string; readonly port: number }[];
  readonly timeScale: number;
  /** The gateway. */
  readonly endpoint: string;
  readonly clients: RegionClients;
  readonly balancer: Balancer;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly output: Output;
  readonly problems: Problems;
  /** Laid over the environment of clones and workers; undefined takes a variable away. */
  readonly overlay: Readonly<Record<string, string | undefined>>;
  /** Laid over the environment of the gate. */
  readonly gateOverlay: Readonly<Record<string, string>>;
  readonly program: (launch: LaunchFacts) => Promise<string>;
  /** Asks for another round soon. */
  readonly kick: () => void;
}

/** Kinds of processes that a fault can hold down in a Region. */
export type HeldKind = 'service' | 'worker' | 'gate';

/** Makes the processes of a Region follow its control plane: clones, workers, gate and balancer. */
export class RegionFollower {
  readonly instances: Instances;
  private readonly launches = new Map<string, LaunchFacts>();
  private readonly held = new Set<HeldKind>();
  private readonly heldZones = new Set<string>();
  private seenZones: ReadonlySet<string> = new Set();
  private readonly running = new Map<string | undefined, FunctionProcess>();
  private seen: BalancingState | undefined;

  constructor(readonly options: RegionFollowerOptions) {
    this.instances = new Instances({ ...options, changed: options.kick });
  }

  /** The process of a home's gate, once its function is deployed. */
  gate(home: string | undefined): FunctionProcess | undefined {
    return this.running.get(home);
  }

  /** The processes of all gates whose functions are deployed. */
  get runningGates(): readonly FunctionProcess[] {
    return [...this.running.values()];
  }

  /** The load balancer, as last seen. */
  get balancing(): BalancingState | undefined {
    return this.seen;
  }

  /** One round. Never throws: what fails is noted and tried again in the next one. */
  async follow(): Promise<void> {
    const { problems, region } = this.options;
    await Promise.all([
      problems.guard(`clones of ${region}`, () => this.followGroups()),
      problems.guard(`gates of ${region}`, () => this.followGates()),
    ]);
  }

  /** Stops all processes of a kind and keeps them down, as when they are lost for good. */
  async hold(kind: HeldKind): Promise<void> {
    this.held.add(kind);
    if (kind === 'gate') await Promise.all(this.runningGates.map(gate => gate.stop()));
    else await this.followGroups();
  }

  /** Lets the processes of a kind come back. */
  async release(kind: HeldKind): Promise<void> {
    this.held.delete(kind);
    if (kind === 'gate') await Promise.all(this.runningGates.map(gate => gate.start()));
    else await this.followGroups();
  }

  /** Availability zones of the instances that the groups wanted at the last look, in order. */
  zones(): string[] {
    return [...this.seenZones].sort();
  }

  /** Stops all clones and workers of an availability zone and keeps them down, or lets them come back. */
  async holdZone(zone: string, down: boolean): Promise<void> {
    if (down) this.heldZones.add(zone);
    else this.heldZones.delete(zone);
    await this.followGroups();
  }

  /** Stops every process of the Region. */
  async stop(): Promise<void> {
    await Promise.all([this.instances.stopAll(), ...this.runningGates.map(gate => gate.stop())]);
  }

  private async followGroups(): Promise<void> {
    const { clients, application, timeScale } = this.options;
    const [groups, balancing] = await Promise.all([
      readGroups(clients),
      readBalancing(clients, loadBalancerName(application), timeScale),
    ]);
    this.seen = balancing;
    this.seenZones = new Set(groups.flatMap(group => group.instances.map(({ zone }) => zone)));
    await Promise.all(groups.map(group => liftToMinimum(clients, group)));
    const wanted = await Promise.all(groups.map(group => this.wantedOf(group)));
    const leaving = new Set(await this.instances.reconcile(wanted.flat()));
    this.balance(groups, balancing, leaving);
    // Out of the balancer first; then each ends in order, on its own time.
    for (const id of leaving) void this.instances.stop(id).catch(() => undefined);
  }

  private async wantedOf(group: GroupState) {
    if (group.instances.length === 0) return [];
    const launch = await released(this.options.clients, await this.launchOf(group));
    if (this.held.has(launch.artifact.entry as HeldKind)) return [];
    return group.instances
      .filter(({ zone }) => !this.heldZones.has(zone))
      .map(instance => ({ ...instance, group: group.name, launch }));
  }

  private async launchOf(group: GroupState): Promise<LaunchFacts> {
    const { id, version } = group.template;
    const key = `${id}:${version}`;
    const launch = this.launches.get(key) ?? (await readLaunch(this.options.clients, group));
    // A numbered version never changes; `$Latest` and `$Default` do.
    if (/^\d+$/.test(version)) this.launches.set(key, launch);
    return launch;
  }

  private balance(
    groups: readonly GroupState[],
    balancing: BalancingState | undefined,
    leaving: ReadonlySet<string>,
  ): void {
    const targetGroups: TargetGroup[] = (balancing?.groups ?? []).map(listed => ({
      ...listed,
      targets: groups
        .filter(group => group.targetGroups.includes(listed.arn))
        .flatMap(group => this.instances.targets(group.name))
        .filter(target => !leaving.has(target.id)),
    }));
    this.options.balancer.update(targetGroups);
  }

  private async followGates(): Promise<void> {
    const { endpoint, region, application, gates, gateOverlay } = this.options;
    const missing = gates.filter(({ home }) => !this.running.has(home));
    if (missing.length === 0) return;
    const functions = await readFunctions(endpoint, region);
    await Promise.all(
      missing.map(async ({ home, port }) => {
        const deployed = gateEnvironment(functions, gateMemoryName(application, home));
        if (deployed === undefined) return;
        const name = home === undefined ? `gate-${region}` : `gate-${region}-${home}`;
        const environment = { ...deployed, ...gateOverlay };
        const kind = { name, bundle: 'gate', server: 'gate-server' } as const;
        const gate = new FunctionProcess({ ...this.options, ...kind, port, environment });
        await gate.start();
        this.running.set(home, gate);
      }),
    );
  }
}
