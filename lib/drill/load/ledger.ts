import { mkdirSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';

/** One acknowledged write. */
export interface LedgerEntry {
  readonly number: number;
  /** Idempotency key. */
  readonly key: string;
  /** Id that the service acknowledged. */
  readonly id: string;
  /** Wall-clock time of the acknowledgement, ISO 8601. */
  readonly at: string;
  /** Epoch and Region that acknowledged. */
  readonly epoch: number;
  readonly region: string;
}

/** Append-only record of acknowledged writes: what the service promised to keep. */
export interface Ledger {
  readonly entries: readonly LedgerEntry[];
  append(entry: LedgerEntry): void;
  /** Resolves when all entries have reached the disk. */
  close(): Promise<void>;
}

/** A ledger in memory alone. */
export function memoryLedger(): Ledger {
  const entries: LedgerEntry[] = [];
  return {
    entries,
    append: entry => {
      entries.push(entry);
    },
    close: async () => undefined,
  };
}

/** A ledger in a file, one entry a line, written and synced in batches. */
export class FileLedger implements Ledger {
  readonly entries: LedgerEntry[] = [];
  private waiting: string[] = [];
  private writing: Promise<void> | undefined;
  private failure: unknown;
  private handle: FileHandle | undefined;

  constructor(readonly file: string) {
    mkdirSync(path.dirname(file), { recursive: true });
  }

  append(entry: LedgerEntry): void {
    this.entries.push(entry);
    this.waiting.push(`${JSON.stringify(entry)}\n`);
    this.writing ??= this.drain()
      .catch(error => {
        this.failure ??= error;
      })
      .finally(() => {
        this.writing = undefined;
      });
  }

  /** @throws the first error of the file system */
  async close(): Promise<void> {
    while (this.writing !== undefined) await this.writing;
    await this.handle?.close();
    this.handle = undefined;
    if (this.failure !== undefined) throw this.failure;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      this.handle ??= await open(this.file, 'a', 0o600);
      const batch = this.waiting.join('');
      this.waiting = [];
      await this.handle.appendFile(batch);
      await this.handle.datasync();
    }
  }
}

/** Reads a ledger's file, leaving out a line that a kill tore. */
export function readLedger(file: string): readonly LedgerEntry[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .flatMap(line => {
      try {
        return [JSON.parse(line) as LedgerEntry];
      } catch {
        return [];
      }
    });
}
