// The database of the orders service on virtual time, for the statements of relay, fulfilment, fence and parking:
// transactions that stand or fall whole, row locks that others wait for, READ COMMITTED.
import type { Database, Queryable } from '../../lib/runtime/database/database';
import type { SimulatedLife, Simulation } from './simulation';

interface OutboxRow {
  epochSent: number | null;
  closed: boolean;
  lockedBy?: Session;
}

/** One transaction as the server knows it. */
interface Session {
  readonly life: SimulatedLife;
  over: boolean;
  /** When it last called, in true time. */
  calledAt: number;
  sharesFence: boolean;
  /** Epoch to which it raises the fence; held exclusively. */
  raises: number;
  readonly staged: Array<() => void>;
}

/** A call arrives within this time, or not at all, in milliseconds. */
const SLOWEST = 16_000;

/** One fulfilment, as it was committed. */
export interface Effect {
  readonly orderId: string;
  readonly epoch: number;
}

/** The server. */
export class SimulatedOrdersDatabase {
  readonly outbox = new Map<string, OutboxRow>();
  readonly effects: Effect[] = [];
  readonly parked: string[] = [];
  private fence = 0;
  private sessions: Session[] = [];

  constructor(
    private readonly simulation: Simulation,
    private readonly fenceWorks: boolean,
  ) {}

  get open(): number {
    return [...this.outbox.values()].filter(({ closed }) => !closed).length;
  }

  /** The server as one process sees it. */
  connect(life: SimulatedLife): Database {
    return {
      query: async () => {
        throw new Error('not modelled');
      },
      transaction: work => this.transaction(life, work),
    };
  }

  private async transaction<T>(
    life: SimulatedLife,
    work: (transaction: Queryable) => Promise<T>,
  ): Promise<T> {
    const session: Session = { life, over: false, calledAt: 0, sharesFence: false, raises: 0, staged: [] };
    this.sessions.push(session);
    const call = <R>(effect: () => R | Promise<R>) => {
      session.calledAt = this.simulation.time;
      return life.call(effect);
    };
    try {
      const query = (text: string, values: readonly unknown[] = []) =>
        call(() => this.perform(session, text, values)) as never;
      const result = await work({ query });
      await call(() => this.commit(session));
      return result;
    } finally {
      this.end(session);
    }
  }

  private commit(session: Session): void {
    if (session.over) throw new Error('no such transaction');
    for (const apply of session.staged) apply();
    this.fence = Math.max(this.fence, session.raises);
    this.end(session);
  }

  private end(session: Session): void {
    session.over = true;
    this.sessions = this.sessions.filter(other => other !== session);
  }

  /** Whether a session still holds its locks; that of a dead process does until nothing of it can be on its way. */
  private holds(session: Session | undefined): boolean {
    if (session === undefined || session.over) return false;
    if (session.life.dead && this.simulation.time > session.calledAt + SLOWEST) this.end(session);
    return !session.over;
  }

  private async perform(session: Session, text: string, values: readonly unknown[]) {
    const rows = await this.execute(session, text, values);
    if (session.over) throw new Error('no such transaction');
    return { rows, rowCount: rows.length };
  }

  private execute(session: Session, text: string, values: readonly unknown[]): Promise<object[]> | object[] {
    const [first, second] = values as [string, number];
    if (text.startsWith('UPDATE fence')) return this.raiseFence(session, values[0] as number);
    if (text.includes('FROM fence')) return this.shareFence(session);
    if (text.includes('SKIP LOCKED')) return this.lockUnsent(session, values[0] as number, second);
    if (text.includes('FROM outbox WHERE order_id')) return this.lockRow(session, first);
    const apply = this.change(text, values, first, second);
    session.staged.push(apply);
    return [];
  }

  private change(text: string, values: readonly unknown[], first: string, second: number): () => void {
    if (text.startsWith('UPDATE outbox SET epoch_sent')) {
      return () => {
        for (const id of values[0] as string[]) (this.outbox.get(id) as OutboxRow).epochSent = second;
      };
    }
    if (text.startsWith('UPDATE outbox SET closed_at')) {
      return () => {
        (this.outbox.get(first) as OutboxRow).closed = true;
      };
    }
    if (text.startsWith('INSERT INTO job_attempts')) return () => undefined;
    if (text.includes('INSERT INTO effects')) {
      return () => this.effects.push({ orderId: first, epoch: second });
    }
    if (text.includes('INTO parked_messages')) {
      return () => {
        if (!this.parked.includes(values[1] as string)) this.parked.push(values[1] as string);
      };
    }
    if (text.startsWith('UPDATE orders')) return () => undefined;
    throw new Error(`not modelled: ${text}`);
  }

  private async raiseFence(session: Session, epoch: number): Promise<object[]> {
    const held = () => this.sessions.some(other => other !== session && this.holds(other) && isFenced(other));
    while (this.fenceWorks && epoch > this.fence && held()) await this.simulation.delay(50);
    if (epoch > this.fence) session.raises = epoch;
    return [];
  }

  private async shareFence(session: Session): Promise<object[]> {
    if (!this.fenceWorks) return [{ epoch: '0' }];
    const held = () =>
      this.sessions.some(other => other !== session && this.holds(other) && other.raises > 0);
    while (held()) await this.simulation.delay(50);
    session.sharesFence = true;
    return [{ epoch: String(Math.max(this.fence, session.raises)) }];
  }

  private lockUnsent(session: Session, epoch: number, limit: number): object[] {
    const due = [...this.outbox].filter(
      ([, { closed, epochSent, lockedBy }]) =>
        !closed && (epochSent === null || epochSent < epoch) && !this.holds(lockedBy),
    );
    return due.slice(0, limit).map(([orderId, row]) => {
      row.lockedBy = session;
      return { orderId, correlationId: orderId, epochSent: row.epochSent, closed: row.closed };
    });
  }

  private async lockRow(session: Session, orderId: string): Promise<object[]> {
    const row = this.outbox.get(orderId);
    if (row === undefined) return [];
    while (row.lockedBy !== session && this.holds(row.lockedBy)) await this.simulation.delay(50);
    row.lockedBy = session;
    return [{ orderId, correlationId: orderId, epochSent: row.epochSent, closed: row.closed }];
  }
}

const isFenced = ({ sharesFence, raises }: Session): boolean => sharesFence || raises > 0;
