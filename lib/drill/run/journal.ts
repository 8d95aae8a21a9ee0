import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { Check } from '../checks/check';
import type { Plan } from '../plan/plan';
import type { DrillMode, StepId } from '../plan/plan-steps';
import type { DrillOutcome } from '../report/report';
import { byTime } from './drill-id';

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
  /** The provider definitely did not act. */
  | { readonly type: 'act-refused'; readonly step: StepId; readonly reason: string }
  | { readonly type: 'step-end'; readonly step: StepId; readonly seconds: number; readonly note?: string }
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
  | { readonly type: 'safe-stop'; readonly reason: string; readonly next: string }
  | { readonly type: 'end'; readonly outcome: DrillOutcome; readonly reason?: string };

/** Where the ledger of the load lies that ran beside the drill. */
export interface LedgerPointer {
  readonly id: string;
  readonly file: string;
}

/** A fact with its place and wall-clock time (ISO 8601). */
export type JournalEntry = JournalFact & { readonly seq: number; readonly at: string };

/** Where the lines of a journal go. An append has reached the disk when it returns. */
export interface JournalFile {
  append(line: string): void;
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

/** Write-ahead journal of one drill. */
export class Journal {
  readonly entries: JournalEntry[];

  constructor(
    private readonly file: JournalFile,
    private readonly now: () => Date,
  ) {
    this.entries = parse(file.read());
  }

  /** Appends a fact; it has reached the disk when this returns. */
  append(fact: JournalFact): void {
    const entry: JournalEntry = { seq: this.entries.length + 1, at: this.now().toISOString(), ...fact };
    this.file.append(`${JSON.stringify(entry)}\n`);
    this.entries.push(entry);
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

/** All whole lines: a kill in the middle of a write leaves half a line, whose act was then never sent. */
function parse(text: string): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const line of text.split('\n')) {
    const entry = parseLine(line);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

function parseLine(line: string): JournalEntry | undefined {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    return undefined;
  }
}

/** Journals as `<directory>/<id>/journal.jsonl`, each line synced to the disk. */
export function fileJournals(directory: string): JournalStore {
  return {
    open: id => new SyncedFile(path.join(directory, id)),
    ids: () =>
      existsSync(directory)
        ? readdirSync(directory)
            .filter(id => existsSync(path.join(directory, id, 'journal.jsonl')))
            .sort(byTime)
        : [],
    save: (id, name, text) => {
      mkdirSync(path.join(directory, id), { recursive: true });
      writeFileSync(path.join(directory, id, name), text);
    },
  };
}

class SyncedFile implements JournalFile {
  private readonly file: string;
  private ready = false;

  constructor(private readonly folder: string) {
    this.file = path.join(folder, 'journal.jsonl');
  }

  append(line: string): void {
    const born = !existsSync(this.file);
    if (born) mkdirSync(this.folder, { recursive: true });
    // A torn last line must not swallow the next one.
    const torn = !this.ready && !/(^|\n)$/.test(this.read());
    const descriptor = openSync(this.file, 'a', 0o600);
    try {
      writeSync(descriptor, torn ? `\n${line}` : line);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (born) syncFolder(this.folder);
    this.ready = true;
  }

  read(): string {
    return existsSync(this.file) ? readFileSync(this.file, 'utf8') : '';
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
