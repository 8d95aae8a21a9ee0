import { HoldfastError } from '../errors';
import type { LabStatus, RegionStatus } from '../lab';
import type { Clock, DrillLock } from '../ports';
import { Sighting } from './fact';
import type { RegionView, UiView } from './view';

type Register = NonNullable<UiView['register']['value']>;
type Name = NonNullable<UiView['name']['value']>;

/** What the looks at the lab have seen so far, each thing with its own age. */
export class LabFacts {
  readonly register: Sighting<Register>;
  readonly name: Sighting<Name>;
  readonly regions: Sighting<readonly RegionView[]>;
  problems: readonly string[] = [];
  unknown: readonly string[] = [];
  private lock: DrillLock | undefined;
  private lockSeen = false;
  private beatAt = 0;

  constructor(private readonly clock: Clock) {
    this.register = new Sighting(clock);
    this.name = new Sighting(clock);
    this.regions = new Sighting(clock);
  }

  /** Takes in one look; what it did not see keeps its older value. */
  take(status: LabStatus): void {
    const { register, dns, regions, unknown } = status;
    const why = (what: string) => unknown.find(line => line.startsWith(`${what}: `)) ?? `${what}: not seen`;
    if (register === undefined) this.register.missed(why('register'));
    else {
      const { record, updatedBy, updatedAt } = register;
      this.register.saw({ ...record, updatedBy, updatedAt });
    }
    if (dns === undefined) this.name.missed(why('DNS'));
    else {
      const { addresses, ttlSeconds, region = null } = dns;
      this.name.saw({ addresses, ttlSeconds, region });
    }
    if (regions.length === 0) this.regions.missed(why('processes'));
    else this.regions.saw(regions.map(regionView));
    this.takeLock(status);
    this.problems = status.problems;
    this.unknown = unknown;
  }

  /**
   * Whether somebody drives this drill: its lock is held, and its heartbeat changes. Undefined when that was not seen.
   */
  driven(drillId: string): boolean | undefined {
    if (!this.lockSeen) return undefined;
    if (this.lock?.drillId !== drillId) return false;
    const quiet = (this.clock.monotonic() - this.beatAt) / 1000;
    return quiet <= this.lock.leaseSeconds;
  }

  private takeLock({ drillLock, unknown }: LabStatus): void {
    this.lockSeen = !unknown.some(line => line.startsWith('drill lock: '));
    if (!this.lockSeen) return;
    if (drillLock?.heartbeatAt !== this.lock?.heartbeatAt) this.beatAt = this.clock.monotonic();
    this.lock = drillLock;
  }
}

function regionView({ region, address, database, cache, instances }: RegionStatus): RegionView {
  if (database === undefined) throw new HoldfastError('refused', 'the page does not know homes');
  const { role, running, lag } = database;
  return {
    region,
    address,
    database: { role, running, lagSeconds: lag === undefined ? null : lag / 1000 },
    cache: cache.running,
    clones: instances.map(each => ({
      id: each.id,
      group: each.group,
      kind: each.entry === 'service' ? 'clone' : 'worker',
      running: each.running,
      restarts: each.restarts,
      health: each.health ?? null,
    })),
  };
}
