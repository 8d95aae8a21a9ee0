import type { Check } from '../checks/check';
import type { Plan } from '../plan/plan';
import type { DrillMode, StepId } from '../plan/plan-steps';
import type { DrillOutcome } from '../report/report';
import type { Reconciliation } from '../steps/reconcile';
import { withoutSuperseded } from './terms';

/** What a journal says, one a line. Together they are enough to resume a drill or to undo it. */
export type JournalFact =
  | {
      readonly type: 'begin';
      readonly id: string;
      readonly mode: DrillMode;
      readonly to: string;
      readonly ledger?: LedgerPointer;
      /** Who asked for it. */
      readonly by?: string;
      /** The Region as it was typed once more. */
      readonly confirmed?: string;
      readonly acceptDataLoss?: boolean;
    }
  | {
      readonly type: 'plan';
      readonly plan: Plan;
      readonly checks: readonly Check[];
      readonly lagSeconds?: number;
    }
  | { readonly type: 'step-begin'; readonly step: StepId }
  /** The call is about to be sent. Written before each act of a step that may not be repeated. */
  | { readonly type: 'act'; readonly step: StepId }
  /** The provider answered that it acts: nothing of this act is on its way any more. */
  | { readonly type: 'act-answered'; readonly step: StepId }
  /** The provider definitely did not act. */
  | { readonly type: 'act-refused'; readonly step: StepId; readonly reason: string }
  | { readonly type: 'step-end'; readonly step: StepId; readonly seconds: number; readonly note?: string }
  /** Another process drives from here on; what earlier ones still write counts no more. */
  | { readonly type: 'take-over' }
  | {
      readonly type: 'resume';
      readonly holder: string;
      readonly by?: string;
      /** What was asked for. @default resumed */
      readonly what?: 'aborted';
    }
  | { readonly type: 'rollback'; readonly cause: 'aborted' | 'rolled-back'; readonly reason: string }
  /** The way back is about to leave `promoting`; its answer may be lost. */
  | { readonly type: 'rollback-act' }
  /** There is no way back, and none was begun: a resumed run goes forward. */
  | { readonly type: 'rollback-closed'; readonly reason: string }
  /** On the way back the database was found to have moved: forward again, under this epoch. Its raise may be lost. */
  | { readonly type: 'turn'; readonly epoch: number }
  /** What was found of the jobs that were under way. */
  | { readonly type: 'reconciled'; readonly found: Reconciliation }
  | { readonly type: 'safe-stop'; readonly reason: string; readonly next: string }
  | { readonly type: 'end'; readonly outcome: DrillOutcome; readonly reason?: string };

/** Where the ledger of the load lies that ran beside the drill. */
export interface LedgerPointer {
  readonly id: string;
  readonly file: string;
}

/**
 * A fact with its place, its wall-clock time (ISO 8601), and who wrote it: each process that takes a drill up begins a new
 * term.
 */
export type JournalEntry = JournalFact & {
  readonly seq: number;
  readonly at: string;
  readonly term?: number;
  readonly writer?: string;
};

/** Where the lines of a journal go. */
export interface JournalFile {
  /**
   * An append has reached the disk when it returns; one that is `lazy` outlives the process by then, and reaches the disk
   * with the next that is not.
   */
  append(line: string, lazy?: boolean): void;
  read(): string;
}

/** Where journals lie. */
export interface JournalStore {
  open(id: string): JournalFile;
  /** Ids of all drills, oldest first. */
  ids(): readonly string[];
  /** Writes a document beside the journal, such as `report.json`. */
  save(id: string, name: string, text: string): void;
}

/**
 * Facts that only tell how far a drill came, or that nothing was sent or all was answered. A machine that loses its power
 * right after one has lost it; who resumes then looks at the state once more, or takes something for sent that was not.
 */
const TELLING: readonly JournalFact['type'][] = [
  'step-begin',
  'step-end',
  'act-answered',
  'act-refused',
  'reconciled',
  'resume',
];

/** A line after which a copy of the journal follows, which replaces all that stands before. */
export const COPIED = '{"type":"copied"}';

/** Write-ahead journal of one drill. */
export class Journal {
  readonly entries: JournalEntry[];
  /** Whether it was taken from its copy, which may lack the last records of the machine that was lost. */
  readonly copied: boolean;
  /** Told of each fact that has reached the disk. */
  onAppend: () => void = () => undefined;
  private term: number;

  constructor(
    private readonly file: JournalFile,
    private readonly now: () => Date,
    /** The process that writes; never reused. @default - one that only reads */
    private readonly writer?: string,
  ) {
    const text = file.read();
    this.copied = text.includes(COPIED);
    this.entries = parse(text);
    this.term = this.entries.at(-1)?.term ?? (writer === undefined ? 0 : 1);
  }

  /** Appends a fact. It has reached the disk when this returns, but for those that only tell how far the drill came. */
  append(fact: JournalFact): void {
    const { term, writer } = this;
    const entry: JournalEntry = {
      seq: this.entries.length + 1,
      at: this.now().toISOString(),
      ...(writer === undefined ? {} : { term, writer }),
      ...fact,
    };
    this.file.append(`${JSON.stringify(entry)}\n`, TELLING.includes(fact.type));
    this.entries.push(entry);
    this.onAppend();
  }

  /** What counts of it, as lines. */
  get text(): string {
    return this.entries.map(entry => `${JSON.stringify(entry)}\n`).join('');
  }

  /**
   * Begins a term of this process, and reads what stands before it: nothing that another process writes from now on
   * counts. Only who holds the drill lock may.
   */
  takeOver(): void {
    this.term = (this.entries.at(-1)?.term ?? 0) + 1;
    this.append({ type: 'take-over' });
    this.entries.splice(0, this.entries.length, ...parse(this.file.read()));
  }

  /** Ends a drill that another process left. */
  close(outcome: DrillOutcome, reason: string): void {
    this.takeOver();
    this.append({ type: 'end', outcome, reason });
  }

  /** Facts of one type, in order. */
  all<T extends JournalFact['type']>(type: T): (JournalEntry & { type: T })[] {
    return this.entries.filter((entry): entry is JournalEntry & { type: T } => entry.type === type);
  }

  /** The newest fact of one type. */
  last<T extends JournalFact['type']>(type: T): (JournalEntry & { type: T }) | undefined {
    return this.all(type).at(-1);
  }

  /** Whether a fact of this type about this step was written. */
  has(type: 'step-begin' | 'act' | 'act-refused' | 'step-end', step: StepId): boolean {
    return this.all(type).some(entry => entry.step === step);
  }

  /** Whether an act of the step may have reached the provider: one was sent that was not itself refused. */
  mayHaveActed(step: StepId): boolean {
    const of = (type: 'act' | 'act-refused') => this.all(type).filter(entry => entry.step === step).length;
    return of('act') > of('act-refused');
  }

  /** Acts of the step whose answer never came, of this process and of those before it: each may still arrive. */
  unanswered(step: StepId): { readonly own: boolean }[] {
    const open: JournalEntry[] = [];
    for (const entry of this.entries) {
      if (!('step' in entry) || entry.step !== step) continue;
      if (entry.type === 'act') open.push(entry);
      const ends = entry.type === 'act-refused' || entry.type === 'act-answered';
      if (ends && open.at(-1)?.term === entry.term) open.pop();
    }
    return open.map(({ term }) => ({ own: term === this.term }));
  }

  /** The plan, once preflight was passed. */
  get plan(): Plan | undefined {
    return this.last('plan')?.plan;
  }

  /** Whether the drill began and neither ended nor got as far as a plan: it has changed nothing but the lock. */
  get planless(): boolean {
    return this.unfinished && this.plan === undefined;
  }

  /** Whether the drill began and did not end. */
  get unfinished(): boolean {
    return this.entries.length > 0 && this.last('end') === undefined;
  }
}

/** All whole lines that count: a kill in the middle of a write leaves half a line, whose act was then never sent. */
function parse(text: string): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const line of text.split('\n')) {
    const entry = parseLine(line);
    if (line === COPIED) entries.length = 0;
    else if (entry !== undefined) entries.push(entry);
  }
  return withoutSuperseded(entries).map((entry, index) => ({ ...entry, seq: index + 1 }));
}

function parseLine(line: string): JournalEntry | undefined {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    return undefined;
  }
}
