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
import { byTime } from './drill-id';
import type { JournalFile, JournalStore } from './journal';

/** Journals as `<directory>/<id>/journal.jsonl`, synced to the disk but for lines that are lazy. */
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

  append(line: string, lazy = false): void {
    const born = !existsSync(this.file);
    if (born) mkdirSync(this.folder, { recursive: true });
    // A torn last line must not swallow the next one.
    const torn = !this.ready && !/(^|\n)$/.test(this.read());
    const descriptor = openSync(this.file, 'a', 0o600);
    try {
      writeSync(descriptor, torn ? `\n${line}` : line);
      if (!lazy) fsyncSync(descriptor);
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
