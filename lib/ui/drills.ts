import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type DrillReport, Journal, type JournalStore } from '../drill';

/** Drills of a project, read only: the page never writes into a journal. */
export interface DrillFiles {
  readonly journals: JournalStore;
  /** Folder of all drills. */
  readonly directory: string;
}

/** The newest drill's journal; nothing when none was ever run. */
export function newestDrill({ journals }: DrillFiles, now: () => Date): Journal | undefined {
  // An id begins with its mode, so ids are ordered by the date and time within.
  const id = [...journals.ids()].sort((a, b) => stampOf(a).localeCompare(stampOf(b))).at(-1);
  return id === undefined ? undefined : new Journal(journals.open(id), now);
}

const stampOf = (id: string): string => /\d{8}-\d{6}/.exec(id)?.[0] ?? '';

/** The report of a drill that ended; nothing while it is not written. */
export function reportOf({ directory }: DrillFiles, id: string): DrillReport | undefined {
  try {
    return JSON.parse(readFileSync(path.join(directory, id, 'report.json'), 'utf8')) as DrillReport;
  } catch {
    return undefined;
  }
}
