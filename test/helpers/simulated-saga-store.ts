// The saga store's transactions on virtual time, with a history of commits, the last of which a failover may lose.
import { RuntimeError } from '../../lib/runtime/errors';
import { begin, FIRST_STATE, isOver, type SagaState } from '../../lib/runtime/saga/saga-machine';
import type {
  AfterRecord,
  AttemptEntry,
  ClaimedSaga,
  ClaimRequest,
  SagaStore,
} from '../../lib/runtime/saga/saga-store';
import type { SagaMutant } from './simulated-sagas';

/** A saga as a row. */
export interface SagaRow {
  readonly id: string;
  readonly name: string;
  readonly state: SagaState;
  readonly epoch: number;
  readonly lease: number;
  readonly leasedUntil: number;
  readonly dueAt: number;
}

/** One Region's database. */
export class SimulatedSagaDatabase {
  rows = new Map<string, SagaRow>();
  fence = 0;
  private commits: SagaRow[] = [];

  write(row: SagaRow): void {
    this.rows.set(row.id, row);
    this.commits.push(row);
  }

  start(id: string, name: string, epoch: number, now: number): void {
    if (this.rows.has(id)) return;
    this.write({
      id,
      name,
      state: { ...FIRST_STATE, moved: epoch > 1 },
      epoch,
      lease: 0,
      leasedUntil: 0,
      dueAt: now,
    });
  }

  /** The data of another one without its last `lost` commits. */
  becomeCopyOf(other: SimulatedSagaDatabase, lost: number): void {
    this.rows = new Map();
    this.commits = [];
    for (const row of other.commits.slice(0, Math.max(0, other.commits.length - lost))) this.write(row);
    this.fence = other.fence;
  }
}

/** What a process needs of its world for one statement. */
export interface StoreWay {
  now(): number;
  /** The way to the database or back; rejects when it is lost, never ends for a process that died. */
  travel(): Promise<void>;
  /** Whether this process may commit under `epoch` now. */
  mayCommit(epoch: number): boolean;
}

/** The store of one process. */
export class SimulatedSagaStore implements SagaStore {
  constructor(
    private readonly current: () => SimulatedSagaDatabase,
    private readonly way: StoreWay,
    private readonly mutant: SagaMutant | undefined,
  ) {}

  private get database(): SimulatedSagaDatabase {
    return this.current();
  }

  async claim({ names, epoch, worker, leaseMilliseconds }: ClaimRequest): Promise<ClaimedSaga | undefined> {
    await this.way.travel();
    this.enter(epoch);
    const now = this.way.now();
    let row: SagaRow | undefined;
    for (const other of this.database.rows.values()) {
      const free = other.leasedUntil < now || other.epoch < epoch;
      if (isOver(other.state) || other.dueAt > now || !free || !names.includes(other.name)) continue;
      if (row === undefined || other.dueAt < row.dueAt) row = other;
    }
    if (row === undefined) return undefined;
    const raised = row.epoch < epoch && this.mutant !== 'no repetition after a raise';
    const state = begin(row.state, raised);
    const lease = row.lease + 1;
    this.database.write({ ...row, state, lease, epoch, leasedUntil: now + leaseMilliseconds });
    await this.way.travel();
    const { id, name } = row;
    return { id, name, input: null, correlationId: id, state, lease, epoch, worker };
  }

  async record(
    claimed: ClaimedSaga,
    next: SagaState,
    _entry: AttemptEntry,
    then: AfterRecord,
  ): Promise<ClaimedSaga | undefined> {
    const late = this.mutant === 'record written after the effect' && then.go === 'on';
    if (!late) await this.way.travel();
    const now = this.way.now();
    const on = then.go === 'on';
    const stored = { ...claimed, state: on ? begin(next, false) : next };
    const row = {
      ...{
        id: claimed.id,
        name: claimed.name,
        epoch: claimed.epoch,
        lease: claimed.lease,
        state: stored.state,
      },
      leasedUntil: on ? now + then.leaseMilliseconds : 0,
      dueAt: then.go === 'later' ? now + then.pauseMilliseconds : now,
    };
    if (late) return stored;
    if (this.mutant !== 'no fence') {
      this.enter(claimed.epoch);
      if (this.database.rows.get(claimed.id)?.lease !== claimed.lease) return undefined;
    }
    this.database.write(row);
    await this.way.travel();
    return on ? stored : undefined;
  }

  private enter(epoch: number): void {
    if (this.database.fence > epoch) throw new RuntimeError('fenced', 'a newer epoch has written');
    if (!this.way.mayCommit(epoch)) throw new RuntimeError('not-active', 'the lease is over');
    this.database.fence = epoch;
  }
}
