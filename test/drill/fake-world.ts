import { HoldfastError } from '../../lib/errors';
import type {
  CapacityGroup,
  Cloud,
  CloudCall,
  DatabaseState,
  DrillLock,
  JournalCopy,
  Outside,
  OutsideAnswer,
  OutsideRequest,
  QueueDepths,
  RegisterState,
} from '../../lib/ports';
import { mayFollow, type RegisterRecord } from '../../lib/runtime/register/register';
import type { ReleaseNotice } from '../../lib/runtime/release/release-store';
import type { VirtualClock } from './virtual-clock';

export const EAST = 'us-east-2';
export const WEST = 'us-west-2';
export const HOST = 'orders.example.com';

const EMPTY = { waiting: 0, inWork: 0, delayed: 0 };

/** What a fault does to one call. */
export type Fault = 'none' | 'throttle' | 'denied' | 'lost-answer';

/** Asked before each call: `name` is the method of the port, `count` how often it was called before. */
export type FaultPlan = (name: string, count: number) => Fault;

/** Two Regions in memory, with the state that a drill reads and changes. */
export class FakeWorld {
  register: RegisterState = {
    record: { epoch: 1, phase: 'active', region: EAST },
    updatedBy: 'birth',
    updatedAt: '',
  };
  /** Every record that the register ever held, in order. */
  readonly history: RegisterRecord[] = [this.register.record];
  lock: DrillLock | undefined;
  journalCopy: JournalCopy | undefined;
  writer = EAST;
  movingUntil = -1;
  /** Milliseconds that the database takes to switch. */
  promotionMilliseconds = 3000;
  switchovers = 0;
  /** Lease and margin at the time scale of the harness. */
  leaseMilliseconds = 1200;
  /** Milliseconds for which a description of the database still shows the state before a switchover. */
  staleMilliseconds = 0;
  private staleUntil = -1;
  /** What went wrong with the laws, in words; must stay empty. */
  readonly violations: string[] = [];
  private fencedAt = Number.POSITIVE_INFINITY;
  /** Whether roles change at the end of a switchover, not at its beginning. */
  rolesChangeLate = false;
  /** Whether a switchover that is started gets anywhere. */
  stuck = false;
  groups: Record<string, CapacityGroup[]> = { [EAST]: fleet(), [WEST]: fleet() };
  lagSeconds: number | undefined = 0.2;
  lagAgeSeconds = 1;
  /** What the service says of its own lag. */
  readyLagSeconds: number | undefined = 0;
  config: Record<string, { version: string; digest?: string; deploying: boolean } | undefined> = {
    [EAST]: { version: '3', digest: 'aa', deploying: false },
    [WEST]: { version: '4', digest: 'aa', deploying: false },
  };
  queues: Record<string, QueueDepths | undefined> = {};
  /** State of the cache of the active Region. */
  warmUp: string | undefined = 'warm';
  alarmStates: { name: string; state: 'ok' | 'alarm' | 'unknown' }[] = [{ name: 'orders-lag', state: 'ok' }];
  quotas: Record<string, { name: string; limit: number }[]> = {
    [EAST]: [{ name: 'vCPU', limit: 64 }],
    [WEST]: [{ name: 'vCPU', limit: 64 }],
  };
  dataKey: string | undefined = 'Enabled';
  bootstrap: Record<string, number | undefined> = { [EAST]: 30, [WEST]: 30 };
  stackStatus: Record<string, string | undefined> = { [EAST]: 'UPDATE_COMPLETE', [WEST]: 'CREATE_COMPLETE' };
  clockAhead: number | undefined = 0.4;
  release: ReleaseNotice | undefined;
  /** Days for which certificates are valid; an error for those that a client refuses. */
  certificateDays: number | HoldfastError = 200;
  statuses: Record<string, string | undefined> = { [EAST]: 'available', [WEST]: 'available' };
  /** Hosts that do not answer. */
  readonly silent = new Set<string>();
  readonly orders = new Map<string, { id: string; number: number }>();
  /** The Region that is lost: neither its service nor its control plane answers. */
  lost: string | undefined;
  private ordersTaken = 0;
  /** Newest orders that had not reached the standby. */
  unreplicated = 0;
  readonly log: string[] = [];
  faults: FaultPlan = () => 'none';
  private readonly counts = new Map<string, number>();

  constructor(readonly clock: VirtualClock) {}

  get moving(): boolean {
    return this.clock.monotonic() < this.movingUntil;
  }

  /** The Region whose database can be written now. */
  get writable(): string | undefined {
    return this.moving ? undefined : this.writer;
  }

  /** The cloud as one process sees it; `alive` throws once that process was killed. */
  cloud(alive: () => void = () => undefined): Cloud {
    const call = async <T>(name: string, region: string, act: () => T): Promise<T> => {
      alive();
      const count = this.counts.get(name) ?? 0;
      this.counts.set(name, count + 1);
      this.log.push(`${name}@${region}`);
      const fault = this.faults(name, count);
      await this.clock.sleep(5);
      alive();
      if (region === this.lost) throw new HoldfastError('unavailable', `${region} does not answer`);
      if (fault === 'throttle') throw new HoldfastError('unavailable', `${name}: throttled`);
      if (fault === 'denied') throw new HoldfastError('refused', `${name}: access denied`);
      const result = act();
      if (fault === 'lost-answer') throw new HoldfastError('unavailable', `${name}: no answer`);
      return result;
    };
    const before = () => ({ ...this.register });
    return {
      readRegister: region => call('readRegister', region, before),
      createRegister: region => call('createRegister', region, () => false),
      raiseRegister: (region, { from, to, by }) =>
        call('raiseRegister', region, () => this.raise(from, to, by)),
      mayRaiseRegister: region => call('mayRaiseRegister', region, () => true),
      readLock: region => call('readLock', region, () => this.lock && { ...this.lock }),
      takeLock: (region, lock, previous) =>
        call('takeLock', region, () => {
          const free = previous === undefined ? this.lock === undefined : sameLock(this.lock, previous);
          if (!free || (this.lock?.epoch ?? 0) > lock.epoch) return false;
          this.lock = { ...lock };
          return true;
        }),
      renewLock: (region, lock) =>
        call('renewLock', region, () => {
          if (this.lock?.holder !== lock.holder || this.lock.drillId !== lock.drillId) return false;
          this.lock = { ...lock };
          return true;
        }),
      releaseLock: (region, lock) =>
        call('releaseLock', region, () => {
          if (this.lock?.holder === lock.holder) this.lock = undefined;
        }),
      readJournalCopy: region => call('readJournalCopy', region, () => this.journalCopy),
      writeJournalCopy: (region, copy, previous) =>
        call('writeJournalCopy', region, () => {
          if (this.journalCopy?.version !== previous) return false;
          this.journalCopy = copy;
          return true;
        }),
      databaseState: region => call('databaseState', region, () => this.database()),
      replicationLag: region =>
        call('replicationLag', region, () =>
          this.lagSeconds === undefined
            ? undefined
            : { seconds: this.lagSeconds, ageSeconds: this.lagAgeSeconds },
        ),
      startSwitchover: (region, arn, maySend) =>
        call('startSwitchover', region, () => this.sent(maySend, () => this.switchOver(region, arn))),
      startFailover: (region, arn, maySend) =>
        call('startFailover', region, () => this.sent(maySend, () => this.failOver(region, arn))),
      capacity: region => call('capacity', region, () => this.groups[region] ?? []),
      raiseFloor: (region, name, minimum) =>
        call('raiseFloor', region, () => this.raiseFloor(region, name, minimum)),
      queueDepths: region =>
        call('queueDepths', region, () => this.queues[region] ?? { work: EMPTY, dead: EMPTY }),
      releaseUnderWay: region => call('releaseUnderWay', region, () => this.release),
      configState: region => call('configState', region, () => this.config[region]),
      alarms: region => call('alarms', region, () => this.alarmStates),
      quotas: region => call('quotas', region, () => this.quotas[region] ?? []),
      dataKeyState: region => call('dataKeyState', region, () => this.dataKey),
      bootstrapVersion: region => call('bootstrapVersion', region, () => this.bootstrap[region]),
      stacks: region =>
        call('stacks', region, () => {
          const status = this.stackStatus[region];
          return status === undefined ? [] : [{ name: 'orders-service', status }];
        }),
      clockAheadSeconds: () => this.clockAhead,
      calls: (): CloudCall[] => [],
    };
  }

  /** The outside as one process sees it. */
  outside(alive: () => void = () => undefined): Outside {
    return {
      resolve: async name => {
        alive();
        await this.clock.sleep(1);
        alive();
        const region = name === HOST ? this.trafficRegion() : name.includes(WEST) ? WEST : EAST;
        return { addresses: [region === WEST ? '127.0.11.1' : '127.0.10.1'], ttlSeconds: 6 };
      },
      request: async request => {
        alive();
        await this.clock.sleep(2);
        alive();
        if (this.isSilent(request.host)) throw new HoldfastError('unavailable', 'no answer');
        return this.answer(request);
      },
      certificateEnd: async () => {
        alive();
        await this.clock.sleep(2);
        if (this.certificateDays instanceof HoldfastError) throw this.certificateDays;
        return new Date(this.clock.now().getTime() + this.certificateDays * 86_400_000);
      },
    };
  }

  private isSilent(host: string): boolean {
    const region = host === HOST ? this.trafficRegion() : host.includes(WEST) ? WEST : EAST;
    return this.silent.has(host) || region === this.lost;
  }

  private answer(request: OutsideRequest): OutsideAnswer {
    const { host, path } = request;
    const region = host === HOST ? this.trafficRegion() : host.includes(WEST) ? WEST : EAST;
    const { record } = this.register;
    if (path === '/healthz') return { ...json(200, {}), headers: { 'x-holdfast-region': region } };
    const active = record.phase === 'active' && record.region === region;
    if (host.startsWith('gate-')) return json(active ? 200 : 503, { active, epoch: record.epoch });
    if (path === '/readyz') {
      const writable = this.writable === region;
      const role = active ? 'active' : 'standby';
      return json(200, {
        ready: !active || writable,
        role,
        epoch: record.epoch,
        warmUp: this.warmUp && { state: this.warmUp },
        database: { writable, lagSeconds: this.readyLagSeconds },
      });
    }
    if (request.method === 'POST') {
      if (!active || this.writable !== region) return json(503, { error: { code: 'not-active' } });
      const key = request.headers?.['idempotency-key'] ?? '';
      const { number } = JSON.parse(request.body ?? '{}') as { number: number };
      const order = this.orders.get(key) ?? { id: `order-${++this.ordersTaken}`, number };
      this.orders.set(key, order);
      const answer = json(201, { ...order, epoch: record.epoch, region });
      return { ...answer, headers: { 'x-holdfast-region': region } };
    }
    if (path.startsWith('/orders?')) return this.list(new URL(path, 'http://x').searchParams);
    return json(200, {});
  }

  private list(query: URLSearchParams): OutsideAnswer {
    const after = Number(query.get('after'));
    const limit = Number(query.get('limit'));
    const ofLedger = [...this.orders].filter(([key]) => key.startsWith(`${query.get('ledger')}-`));
    const rest = ofLedger
      .map(([, order]) => ({ ...order, status: 'fulfilled', fulfilments: 1 }))
      .filter(order => order.number > after)
      .sort((a, b) => a.number - b.number);
    const orders = rest.slice(0, limit);
    return json(200, { orders, next: rest.length > limit ? orders.at(-1)?.number : null });
  }

  /** Drops orders of a load, as a database does that was promoted too early. */
  loseOrders(count: number): void {
    for (const key of [...this.orders.keys()].filter(key => key.startsWith('load-')).slice(0, count)) {
      this.orders.delete(key);
    }
  }

  private trafficRegion(): string {
    const { phase, region } = this.register.record;
    // The last record of the chain has no check: with no gate open the standby's record answers.
    return phase === 'active' && region === EAST ? EAST : WEST;
  }

  private raise(from: RegisterRecord, to: RegisterRecord, by: string): boolean {
    if (JSON.stringify(from) !== JSON.stringify(this.register.record)) return false;
    if (!mayFollow(from, to)) this.violations.push(`${JSON.stringify(from)} -> ${JSON.stringify(to)}`);
    if (to.phase === 'fencing') this.fencedAt = this.clock.monotonic();
    if (to.phase === 'active' && this.writable !== to.region) {
      this.violations.push(`active in ${to.region}, but the database is writable in ${this.writable}`);
    }
    this.register = { record: to, updatedBy: by, updatedAt: '' };
    this.history.push(to);
    return true;
  }

  private database(): DatabaseState {
    const stale = this.clock.monotonic() < this.staleUntil;
    const late = this.rolesChangeLate && this.moving;
    const writer = stale || late ? (this.writer === EAST ? WEST : EAST) : this.writer;
    return {
      moving: !stale && this.moving,
      members: [EAST, WEST].map(region => ({
        region,
        clusterArn: `arn:aws:rds:${region}:000000000000:cluster:orders-${region}`,
        role: writer === region ? 'writer' : 'reader',
        status: this.statuses[region],
      })),
    };
  }

  private sent(maySend: () => boolean, act: () => void): void {
    if (!maySend()) throw new HoldfastError('refused', 'not sent');
    act();
  }

  private switchOver(region: string, arn: string): void {
    if (this.moving || region !== this.writer || this.writer === this.lost)
      throw new HoldfastError('refused', 'InvalidGlobalClusterState');
    this.moveWriter(arn);
  }

  /** As Aurora does it: asked at the Region that takes over, whatever became of the writer. */
  private failOver(region: string, arn: string): void {
    if (this.moving || region !== arn.split(':')[3] || region === this.writer)
      throw new HoldfastError('refused', 'InvalidGlobalClusterState');
    for (const key of [...this.orders.keys()].slice(this.orders.size - this.unreplicated))
      this.orders.delete(key);
    this.moveWriter(arn);
  }

  private moveWriter(arn: string): void {
    this.switchovers++;
    const { phase } = this.register.record;
    if (phase !== 'promoting') this.violations.push(`the writer moved while the register says ${phase}`);
    if (this.clock.monotonic() - this.fencedAt < this.leaseMilliseconds) {
      this.violations.push('the writer moved while the old Region may hold a lease');
    }
    this.staleUntil = this.clock.monotonic() + this.staleMilliseconds;
    this.movingUntil = this.stuck
      ? Number.POSITIVE_INFINITY
      : this.clock.monotonic() + this.promotionMilliseconds;
    this.writer = arn.split(':')[3] ?? '';
  }

  private raiseFloor(region: string, name: string, minimum: number): void {
    const groups = this.groups[region] ?? [];
    this.groups[region] = groups.map(group =>
      group.name === name
        ? {
            ...group,
            minimum,
            desired: Math.max(group.desired, minimum),
            inService: Math.max(group.inService, minimum),
            targets: group.targets && { healthy: minimum, total: minimum },
          }
        : group,
    );
  }
}

function fleet(): CapacityGroup[] {
  const of = { minimum: 2, desired: 2, maximum: 12, inService: 2 };
  return [
    { ...of, name: 'orders-blue', kind: 'clones', weight: 100, targets: { healthy: 2, total: 2 } },
    {
      ...of,
      name: 'orders-green',
      kind: 'clones',
      weight: 0,
      minimum: 0,
      desired: 0,
      inService: 0,
      targets: { healthy: 0, total: 0 },
    },
    { ...of, name: 'orders-worker', kind: 'workers', minimum: 1, desired: 1, inService: 1 },
  ];
}

const sameLock = (one: DrillLock | undefined, other: DrillLock): boolean =>
  one?.holder === other.holder && one.heartbeatAt === other.heartbeatAt;

const json = (status: number, body: object): OutsideAnswer => ({
  status,
  headers: {},
  body: JSON.stringify(body),
});
