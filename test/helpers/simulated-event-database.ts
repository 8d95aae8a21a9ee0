// The tables of events and read models on virtual time: transactions, row locks, the fence, places given after commits.
import { RuntimeError } from '../../lib/runtime/errors';
import type { OrderedEvent } from '../../lib/runtime/events/event-order';
import { conflict } from '../../lib/runtime/events/event-store';
import type {
  Generation,
  GenerationStatus,
  ProjectorSession,
  ProjectorStore,
} from '../../lib/runtime/events/projector-store';

/** What is taken out of the design, to see that a proof notices. */
export type EventMutant =
  | 'checkpoint in another transaction than the effect'
  | 'swap before caught up'
  | 'order by insertion number'
  | 'no fence';

/** An event in the table; its place is given after its commit. */
export type EventRow = Omit<OrderedEvent, 'position'> & { position: number | undefined; number: number };

/** What a read model is written with: the ids of the events that were put into a generation, in order. */
export type Rows = { put(generation: number, id: string): void; clear(generation: number): void };

/** How a process reaches the database: each way takes time, may be lost, and never ends for a process that died. */
export type Travel = () => Promise<void>;

/** The database of one application. */
export class SimulatedEventDatabase {
  fence = 0;
  numbers = 0;
  readonly events: EventRow[] = [];
  places = 0;
  generations: Generation[] = [];
  readonly models = new Map<number, string[]>();
  readonly violations: string[] = [];
  fenced = 0;
  swaps = 0;
  private locks = new Map<string, object>();
  private seen = 0;

  constructor(readonly mutant: EventMutant | undefined) {}

  /** Whether `owner` has the lock now. */
  take(name: string, owner: object): boolean {
    const holder = this.locks.get(name);
    if (holder !== undefined && holder !== owner) return false;
    this.locks.set(name, owner);
    return true;
  }

  release(owner: object): void {
    for (const [name, holder] of this.locks) if (holder === owner) this.locks.delete(name);
  }

  /**
   * Another server: it knows no lock of the one before, and its first write raises the fence. Worse than a real one, it
   * would still take what was begun on the one before, so that nothing but the fence is in the way of an old hand.
   */
  restart(epoch: number): void {
    this.locks = new Map();
    this.enter(epoch);
  }

  enter(epoch: number): void {
    if (epoch < this.fence && this.mutant !== 'no fence') {
      this.fenced += 1;
      throw new RuntimeError('fenced', 'a newer epoch has written');
    }
    this.fence = Math.max(this.fence, epoch);
  }

  /** Adds an event to a stream that is at `expected`, as the primary key does. */
  append(stream: string, expected: number, number: number, epoch: number): EventRow {
    const version = this.events.filter(event => event.stream === stream).length;
    if (version !== expected) throw conflict(stream, expected);
    const id = `${stream}/${version + 1}`;
    const shared = { stream, version: version + 1, id, number, epoch, at: '', type: 'happened', data: null };
    const position = this.mutant === 'order by insertion number' ? number : undefined;
    const row = { ...shared, actor: 'client', correlationId: id, position };
    this.events.push(row);
    return row;
  }

  /** Gives places to what is committed and has none, as `orderEvents` does. */
  order(): void {
    if (this.mutant === 'order by insertion number') return;
    const waiting = this.events.filter(event => event.position === undefined);
    for (const event of waiting.sort((a, b) => a.number - b.number)) event.position = ++this.places;
  }

  /** What readers are given at this moment; it never goes back. */
  read(): void {
    const served = this.generations.find(generation => generation.served);
    const count = served === undefined ? 0 : (this.models.get(served.generation)?.length ?? 0);
    if (count < this.seen) this.violations.push(`readers went back from ${this.seen} events to ${count}`);
    this.seen = Math.max(this.seen, count);
  }
}

/** One process's way to it. */
export class SimulatedProjectorStore implements ProjectorStore<Rows> {
  constructor(
    private readonly database: SimulatedEventDatabase,
    private readonly travel: Travel,
  ) {}

  async run<T>(epoch: number, work: (session: ProjectorSession<Rows>) => Promise<T>): Promise<T> {
    const { database, travel } = this;
    await travel();
    database.enter(epoch);
    const session = new Session(database, travel);
    try {
      const result = await work(session);
      await travel();
      database.enter(epoch);
      if (database.mutant === 'checkpoint in another transaction than the effect')
        await session.commitApart();
      else session.commit();
      database.release(session);
      await travel();
      return result;
    } finally {
      database.release(session);
    }
  }
}

type Change = (all: readonly Generation[]) => readonly Generation[];

class Session implements ProjectorSession<Rows>, Rows {
  readonly transaction = this;
  private readonly changes: Change[] = [];
  private readonly effects: (() => void)[] = [];
  private building = 0;

  constructor(
    private readonly database: SimulatedEventDatabase,
    private readonly travel: Travel,
  ) {}

  put(generation: number, id: string): void {
    const { models } = this.database;
    this.effects.push(() => models.set(generation, [...(models.get(generation) ?? []), id]));
  }

  clear(generation: number): void {
    this.effects.push(() => this.database.models.delete(generation));
  }

  commit(): void {
    for (const effect of this.effects) effect();
    this.database.generations = [...this.view()];
    this.database.read();
  }

  async commitApart(): Promise<void> {
    for (const effect of this.effects) effect();
    this.database.release(this);
    await this.travel();
    this.database.generations = [...this.view()];
  }

  async generations(): Promise<readonly Generation[]> {
    await this.travel();
    return this.view();
  }

  async lock(_name: string, generation: number): Promise<Generation | undefined> {
    await this.travel();
    const found = this.view().find(other => other.generation === generation);
    if (found === undefined || !this.database.take(`generation ${generation}`, this)) return undefined;
    if (found.status === 'building') this.building = generation;
    // The mutant takes the live one for empty, so that whoever is built beside it is never behind.
    const blind = this.database.mutant === 'swap before caught up' && this.building > 0 && found.served;
    return blind ? { ...found, position: 0 } : found;
  }

  async lockProjection(): Promise<void> {
    do await this.travel();
    while (!this.database.take('projection', this));
  }

  async create(_name: string, generation: number, shape: number): Promise<void> {
    await this.travel();
    const status: GenerationStatus = 'building';
    const created = { generation, shape, status, position: 0, eventId: undefined, served: false };
    this.changes.push(all => [...all, created]);
  }

  async advance(_name: string, generation: number, { position, id }: OrderedEvent): Promise<void> {
    await this.travel();
    this.change(generation, { position, eventId: id });
  }

  async mark(_name: string, generation: number, status: GenerationStatus, reason?: string): Promise<void> {
    await this.travel();
    if (status === 'stopped' || status === 'ahead')
      this.database.violations.push(`generation ${generation} is ${status}: ${reason}`);
    this.change(generation, { status });
  }

  async serve(_name: string, generation: number): Promise<void> {
    await this.travel();
    this.database.swaps += 1;
    this.changes.push(all =>
      all.map(other => {
        const served = other.generation === generation;
        const status = served ? 'live' : other.generation < generation ? 'retired' : other.status;
        return { ...other, served, status };
      }),
    );
  }

  async remove(_name: string, generation: number): Promise<void> {
    await this.travel();
    this.changes.push(all => all.filter(other => other.generation !== generation));
  }

  async events(from: number, limit: number): Promise<readonly OrderedEvent[]> {
    await this.travel();
    const placed = this.database.events.filter(event => (event.position ?? 0) >= Math.max(from, 1));
    const page = placed.sort((a, b) => (a.position as number) - (b.position as number)).slice(0, limit);
    const short = this.database.mutant === 'swap before caught up' && this.building > 0;
    return (short ? page.slice(0, 2) : page) as OrderedEvent[];
  }

  private view(): readonly Generation[] {
    return this.changes.reduce<readonly Generation[]>(
      (all, change) => change(all),
      this.database.generations,
    );
  }

  private change(generation: number, more: Partial<Generation>): void {
    this.changes.push(all =>
      all.map(other => (other.generation === generation ? { ...other, ...more } : other)),
    );
  }
}
