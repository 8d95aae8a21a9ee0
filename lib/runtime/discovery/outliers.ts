/** When an endpoint is ejected. */
export interface OutlierOptions {
  /** Failures in a row that eject. @default 5 */
  readonly failures?: number;
  /** First ejection in milliseconds; the next in a row take twice, three times as long, ten times at most. @default 10000 */
  readonly ejectionMilliseconds?: number;
  /** Share of all endpoints that may be ejected at once, 0 to 1; never all of them. @default 0.5 */
  readonly maximumShare?: number;
}

interface Record {
  failures: number;
  ejections: number;
  ejectedUntil: number;
}

/** Endpoints that fail again and again are left alone for a while; a fault of everybody ejects no more than its share. */
export class Outliers {
  private readonly records = new Map<string, Record>();

  constructor(private readonly options: OutlierOptions = {}) {}

  /** Whether an endpoint is left alone at `now`, in monotonic milliseconds. */
  isEjected(id: string, now: number): boolean {
    return (this.records.get(id)?.ejectedUntil ?? Number.NEGATIVE_INFINITY) > now;
  }

  /** Takes note of an outcome; `all` are the endpoints that there are. */
  note(id: string, succeeded: boolean, all: readonly string[], now: number): void {
    const { failures = 5, ejectionMilliseconds = 10_000 } = this.options;
    if (succeeded) {
      // What failed while an endpoint was ejected is on its way still: only an answer clears its name.
      this.records.delete(id);
      return;
    }
    const record = this.records.get(id) ?? {
      failures: 0,
      ejections: 0,
      ejectedUntil: Number.NEGATIVE_INFINITY,
    };
    this.records.set(id, record);
    if (record.ejectedUntil > now) return;
    record.failures += 1;
    // Back from an ejection, one failure is enough.
    const tolerated = record.ejections > 0 ? 1 : failures;
    if (record.failures < tolerated || !this.mayEject(all, now)) return;
    record.failures = 0;
    record.ejections = Math.min(record.ejections + 1, 10);
    record.ejectedUntil = now + ejectionMilliseconds * record.ejections;
  }

  /** Forgets endpoints that are gone. */
  keep(all: readonly string[]): void {
    const present = new Set(all);
    for (const id of this.records.keys()) if (!present.has(id)) this.records.delete(id);
  }

  private mayEject(all: readonly string[], now: number): boolean {
    const { maximumShare = 0.5 } = this.options;
    const ejected = all.filter(id => this.isEjected(id, now)).length;
    return ejected + 1 <= Math.min(Math.floor(all.length * maximumShare), all.length - 1);
  }
}
