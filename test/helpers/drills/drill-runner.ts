// One process that drives a drill: the real engine, with ports into the simulated world, that can be killed and paused.
import type { DrillContext, DrillSettings, JournalStore } from '../../../lib/drill';
import { COPIED } from '../../../lib/drill/run/journal';
import { HoldfastError } from '../../../lib/errors';
import type { Clock, Cloud, DrillLock, Outside, OutsideAnswer, OutsideRequest } from '../../../lib/ports';
import { SimulatedProcess } from '../simulation';
import type { DrillFaults } from './drill-faults';
import { mutatedPlan, mutatedRead } from './drill-mutants';
import { LEASE } from './drill-region';
import type { DrillWorld } from './drill-world';
import { OPERATOR, REGIONS, type Region, WITNESS } from './network';

const EMPTY = { waiting: 0, inWork: 0, delayed: 0 };

export const HOST = 'orders.example.com';
const TTL = 60_000;
const NO_ANSWER = 5000;
const TIMEOUT = 20_000;
/** A call that timed out may still take effect this much later. */
const LATE = 5000;
/** The provider refuses a signature that is older; the worst that clocks allow. */
const SIGNATURE = 599_000;

const lines = (promotion: number) => [
  { phase: 'scale-up', seconds: 60 },
  { phase: 'fencing', seconds: 5 },
  { phase: 'lease-wait', seconds: 12 },
  { phase: 'promotion', seconds: promotion },
  { phase: 'activation', seconds: 15 },
  { phase: 'traffic', seconds: 90 },
  { phase: 'reconnect', seconds: 10 },
  { phase: 'verification', seconds: 10 },
];

const SETTINGS: DrillSettings = {
  application: 'orders',
  host: HOST,
  regions: [...REGIONS],
  register: 'strong',
  leaseSeconds: LEASE / 1000,
  leaseMarginSeconds: 2,
  promisedClones: Object.fromEntries(REGIONS.map(region => [region, 4])),
  objectives: { rtoSeconds: 900, rpoSeconds: 30 },
  budgets: { switchover: lines(120), failover: lines(180) },
};

/** Thrown where a dead process would go on without asking the outside. */
export class Killed extends Error {}

/** Journals that outlive the process. */
export class DrillJournals implements JournalStore {
  readonly files = new Map<string, string>();
  ids = (): readonly string[] => [...this.files.keys()];
  save = (): void => undefined;

  open(id: string) {
    return {
      append: (line: string) => void this.files.set(id, (this.files.get(id) ?? '') + line),
      read: () => this.files.get(id) ?? '',
    };
  }
}

/** One life of the process. */
export class DrillRunner extends SimulatedProcess {
  dead = false;
  /** Told of every record, after it is written. */
  onRecord: (record: { readonly type: string; readonly step?: string }) => void = () => undefined;
  readonly stop = new AbortController();
  /** Resolves when it is killed. */
  readonly killed: Promise<void>;
  /** Milliseconds for which it stands still at the next call that moves the database, its request already signed. */
  stall = 0;
  /** The same, before it looks at the lock for the last time. */
  stallUnsigned = 0;
  private die: () => void = () => undefined;
  /** Seconds that its clock counts in a true one. */
  private readonly pace: number;
  private dns: { readonly region: Region; readonly until: number } | undefined;

  constructor(
    private readonly world: DrillWorld,
    private readonly faults: DrillFaults,
    private readonly journals: JournalStore,
    private readonly name: string,
  ) {
    const rate = world.simulation.random.between(0.98, 1.02);
    super(world.simulation, rate);
    this.pace = rate;
    this.killed = new Promise(resolve => {
      this.die = resolve;
    });
  }

  kill(): void {
    this.dead = true;
    this.die();
  }

  /** Everything that the engine needs. */
  context(): DrillContext {
    return {
      cloud: this.cloud(),
      outside: this.outside(),
      clock: this.clock(),
      output: { emit: () => undefined },
      // Two machines name two drills differently.
      random: () => Number(this.name.split('-')[1]) / 1000,
      settings: this.world.third === undefined ? SETTINGS : { ...SETTINGS, regions: [...REGIONS, WITNESS] },
      entries: { service: { scheme: 'https', port: 443 }, gate: { scheme: 'https', port: 443 } },
      timeScale: 1,
      target: 'aws',
      directory: 'out/drills',
      holder: this.name,
      journals: this.store(),
      signal: this.stop.signal,
    };
  }

  private store(): JournalStore {
    return {
      ids: this.journals.ids,
      save: this.journals.save,
      open: id => {
        const file = this.journals.open(id);
        return {
          read: () => mutatedRead(file.read(), this.world.mutant),
          append: record => {
            if (this.dead) throw new Killed();
            const line = mutatedPlan(record, this.world.mutant);
            file.append(line);
            // A whole journal that was taken from its copy tells nothing new.
            if (line.startsWith(COPIED)) return;
            const fact = JSON.parse(line) as { type: string; step?: string };
            this.judgeAct(id, fact);
            this.onRecord(fact);
          },
        };
      },
    };
  }

  /** Who is about to do what may not be repeated must hold the lock, and be the last to have taken the drill up. */
  private judgeAct(id: string, { type, step = '' }: { type: string; step?: string }): void {
    const { world, name } = this;
    if (type === 'begin' || type === 'take-over') world.drivers.set(id, name);
    if (type !== 'act' || !step.endsWith('database')) return;
    const holder = world.lock?.holder;
    if (holder !== name) world.violate(`${name} acts at ${step} while ${holder ?? 'nobody'} holds the lock`);
    const driver = world.drivers.get(id);
    if (driver !== name) world.violate(`${name} acts at ${step} after ${driver} took the drill up`);
  }

  private clock(): Clock {
    return {
      now: () => this.now(),
      monotonic: () => this.monotonic(),
      sleep: (milliseconds, signal) =>
        new Promise((resolve, reject) => {
          const aborted = () => this.go(() => reject(new HoldfastError('aborted', 'the wait was aborted')));
          if (signal?.aborted) return aborted();
          const { simulation } = this.world;
          signal?.addEventListener('abort', aborted, { once: true });
          simulation.at(simulation.time + milliseconds / this.pace, () =>
            this.go(() => {
              signal?.removeEventListener('abort', aborted);
              resolve();
            }),
          );
        }),
    };
  }

  /** Goes on, unless it is dead; later, when it stands still. */
  private go(on: () => void): void {
    const { simulation } = this.world;
    if (this.dead) return;
    if (this.standsStillUntil > simulation.time) simulation.at(this.standsStillUntil, () => this.go(on));
    else on();
  }

  /** Before anything is sent: the dead send nothing, and who stands still sends it later. */
  private awake(): Promise<void> {
    return new Promise(resolve => this.go(resolve));
  }

  private async travel(milliseconds?: number): Promise<void> {
    const { simulation } = this.world;
    const way = milliseconds ?? simulation.random.between(2, 40);
    await new Promise<void>(resolve => simulation.at(simulation.time + way, () => this.go(resolve)));
  }

  /** One call to a control plane. */
  private async call<T>(method: string, region: string, act: (partly: boolean) => T): Promise<T> {
    const { simulation, network, regions } = this.world;
    await this.awake();
    const fault = this.faults.of(method);
    const fail = (code: 'unavailable' | 'timeout' | 'refused', text: string): never => {
      throw new HoldfastError(code, `${method} in ${region}: ${text}`);
    };
    if (fault === 'throttle') {
      await this.travel(2000);
      fail('unavailable', 'throttled');
    }
    if (fault === '5xx') {
      await this.travel();
      fail('unavailable', 'internal error');
    }
    if (fault === 'access denied') {
      await this.travel();
      fail('refused', 'access denied');
    }
    const dead = region !== WITNESS && regions[region as Region].dead;
    if (dead || !network.carries(OPERATOR, region)) {
      await this.travel(NO_ANSWER);
      fail('unavailable', 'no answer');
    }
    if (fault === 'timeout') {
      simulation.at(simulation.time + TIMEOUT + LATE, () => {
        try {
          act(false);
        } catch {
          // Nobody listens any more.
        }
      });
      await this.travel(TIMEOUT);
      fail('timeout', 'no answer in time');
    }
    const arrives = simulation.time + simulation.random.between(2, 40);
    const outcome = await new Promise<{ value: T } | { error: unknown }>(resolve =>
      simulation.at(arrives, () => {
        // What was sent arrives, whatever became of the process since.
        try {
          resolve({ value: act(fault === 'partial success') });
        } catch (error) {
          resolve({ error });
        }
      }),
    );
    await this.travel(network.carries(region, OPERATOR) ? undefined : NO_ANSWER);
    if (fault === 'response lost' || !network.carries(region, OPERATOR)) fail('unavailable', 'no answer');
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  /** A call to the register's table. */
  private table<T>(method: string, region: string, act: () => T, isWrite = false): Promise<T> {
    return this.call(method, region, partly => {
      if (!this.world.network.hasQuorum(region)) throw new HoldfastError('unavailable', 'no quorum');
      const result = act();
      // The client library repeated a write whose answer was lost, and the condition met the write itself.
      return isWrite && partly ? (false as T) : result;
    });
  }

  /** A move of the database. It may stand still after its last look at the lock, when the request is signed. */
  private async move(
    kind: 'switchover' | 'failover',
    region: string,
    arn: string,
    maySend: () => boolean,
  ): Promise<void> {
    const { simulation, database, mutant } = this.world;
    if (this.stallUnsigned > 0) this.pause(this.stallUnsigned);
    this.stallUnsigned = 0;
    await this.awake();
    if (!maySend() && mutant !== 'sends without a last look at the lock') {
      throw new HoldfastError('refused', `${kind} in ${region}: not sent`);
    }
    const signedAt = simulation.time;
    if (this.stall > 0) this.pause(this.stall);
    this.stall = 0;
    const method = kind === 'switchover' ? 'startSwitchover' : 'startFailover';
    await this.call(method, region, () => {
      if (simulation.time - signedAt > SIGNATURE) throw new HoldfastError('refused', 'signature expired');
      database.start(kind, arn, region, this.name);
    });
  }

  private cloud(): Cloud {
    const { world } = this;
    const { database } = world;
    const lockFree = (lock: DrillLock, previous?: DrillLock) =>
      world.mutant === 'acts without the lock' ||
      ((previous === undefined
        ? world.lock === undefined
        : world.lock?.holder === previous.holder && world.lock.heartbeatAt === previous.heartbeatAt) &&
        (world.lock?.epoch ?? 0) <= lock.epoch);
    const put = (may: boolean, lock: DrillLock | undefined): boolean => {
      if (may) world.lock = lock;
      return may;
    };
    const mine = (lock: DrillLock) =>
      world.mutant === 'acts without the lock' ||
      (world.lock?.holder === lock.holder && world.lock.drillId === lock.drillId);
    return {
      readRegister: region => this.table('readRegister', region, () => ({ ...world.register })),
      createRegister: async () => false,
      raiseRegister: (region, raise) => this.table('raiseRegister', region, () => world.raise(raise), true),
      mayRaiseRegister: region => this.table('mayRaiseRegister', region, () => true),
      readLock: region => this.table('readLock', region, () => world.lock && { ...world.lock }),
      takeLock: (region, lock, previous) =>
        this.table('takeLock', region, () => put(lockFree(lock, previous), { ...lock }), true),
      renewLock: (region, lock) => this.table('renewLock', region, () => put(mine(lock), { ...lock })),
      releaseLock: (region, lock) =>
        this.table('releaseLock', region, () => void put(world.lock?.holder === lock.holder, undefined)),
      releaseUnderWay: async () => undefined,
      readJournalCopy: region =>
        this.table('readJournalCopy', region, () => {
          const copy = world.journalCopy;
          return copy && { ...copy, text: mutatedRead(copy.text, world.mutant) };
        }),
      writeJournalCopy: (region, copy, previous) =>
        this.table(
          'writeJournalCopy',
          region,
          () => {
            const may = world.journalCopy?.version === previous;
            if (may) world.journalCopy = copy;
            return may;
          },
          true,
        ),
      databaseState: (region, statusOf) =>
        this.call('databaseState', region, partly => withStatus(database.describe(), partly ? [] : statusOf)),
      replicationLag: region =>
        this.call('replicationLag', region, () => ({
          seconds: database.lagSeconds(region as Region),
          ageSeconds: 30,
        })),
      startSwitchover: (region, arn, maySend) => this.move('switchover', region, arn, maySend),
      startFailover: (region, arn, maySend) => this.move('failover', region, arn, maySend),
      capacity: region => this.call('capacity', region, () => world.capacity(region as Region)),
      raiseFloor: (region, group, minimum) =>
        this.call('raiseFloor', region, partly => {
          // Of two groups the first is raised, and then the answer is an error.
          if (!partly || group === 'orders-blue') world.raiseFloor(region as Region, group, minimum);
          if (partly) throw new HoldfastError('unavailable', `raising ${group}: scaling in progress`);
        }),
      queueDepths: region => this.call('queueDepths', region, () => ({ work: EMPTY, dead: EMPTY })),
      configState: region =>
        this.call('configState', region, () => ({ version: '3', digest: 'aa', deploying: false })),
      alarms: region => this.call('alarms', region, () => [{ name: 'orders-lag', state: 'ok' as const }]),
      quotas: region => this.call('quotas', region, () => [{ name: 'vCPU', limit: 64 }]),
      dataKeyState: region => this.call('dataKeyState', region, () => 'Enabled'),
      bootstrapVersion: region => this.call('bootstrapVersion', region, () => 30),
      stacks: region =>
        this.call('stacks', region, () => [{ name: 'orders-service', status: 'UPDATE_COMPLETE' }]),
      clockAheadSeconds: () => 0,
      calls: () => [],
    };
  }

  private outside(): Outside {
    const { world } = this;
    return {
      resolve: async name => {
        await this.travel();
        return { addresses: [this.regionOf(name, world.answered)], ttlSeconds: TTL / 1000 };
      },
      request: async request => {
        await this.travel();
        if (request.host.includes(WITNESS)) return this.answerOfThird(request);
        const region = this.regionOf(request.host, this.cached());
        if (world.regions[region].dead || !world.network.connects(OPERATOR, region)) {
          await this.travel(request.timeoutMilliseconds);
          throw new HoldfastError('unavailable', 'no answer');
        }
        const answer = await this.answer(region, request);
        await this.travel();
        return answer;
      },
      certificateEnd: async () => {
        await this.travel();
        return new Date(this.now().getTime() + 200 * 86_400_000);
      },
    };
  }

  private async answerOfThird({ host, timeoutMilliseconds }: OutsideRequest): Promise<OutsideAnswer> {
    const { third, network } = this.world;
    if (third === undefined || !network.connects(OPERATOR, WITNESS)) {
      await this.travel(timeoutMilliseconds);
      throw new HoldfastError('unavailable', 'no answer');
    }
    const answer = host.startsWith('gate-')
      ? await third.gate.answer()
      : { status: 200, body: third.readiness() };
    await this.travel();
    return {
      status: answer.status,
      headers: { 'x-holdfast-region': WITNESS },
      body: JSON.stringify(answer.body),
    };
  }

  private cached(): Region {
    const { simulation, answered } = this.world;
    if (this.dns === undefined || this.dns.until <= simulation.time) {
      this.dns = { region: answered, until: simulation.time + TTL };
    }
    return this.dns.region;
  }

  private regionOf(host: string, service: Region): Region {
    return host === HOST ? service : (REGIONS.find(region => host.includes(region)) as Region);
  }

  private async answer(region: Region, request: OutsideRequest): Promise<OutsideAnswer> {
    const target = this.world.regions[region];
    const headers = { 'x-holdfast-region': region };
    const json = (status: number, body: object) => ({ status, headers, body: JSON.stringify(body) });
    if (request.host.startsWith('gate-')) {
      const { status, body } = await target.gate.answer();
      return json(status, body);
    }
    if (request.path === '/readyz') return json(200, target.readiness());
    if (request.method !== 'POST') return json(200, {});
    const { status, epoch, id } = await target.write();
    return status === 201 ? json(201, { id: `order-${id}`, epoch, region }) : json(503, {});
  }
}

function withStatus(state: ReturnType<DrillWorld['database']['describe']>, statusOf: readonly string[]) {
  const members = state.members.map(member =>
    statusOf.includes(member.region) ? member : { ...member, status: undefined },
  );
  return { ...state, members };
}
