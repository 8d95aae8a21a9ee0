import type { CallMatch, CallRecord } from './types';

/** What to read from the log. */
export interface CallQuery extends CallMatch {
  /** Only calls after this sequence number. @default 0 */
  readonly after?: number;
}

/** The calls that passed the gateway, newest last, in a ring. */
export class CallLog {
  readonly #ring: CallRecord[] = [];
  readonly #sinks = new Set<(call: CallRecord) => void>();
  #total = 0;

  constructor(
    /** Calls kept in memory; older ones are gone, which {@link total} shows. @default 20000 */
    private readonly capacity = 20_000,
  ) {}

  /** Calls seen since the start, those no longer in memory included. */
  get total(): number {
    return this.#total;
  }

  /** Adds a call and gives it the next sequence number. */
  add(call: Omit<CallRecord, 'sequence'>): CallRecord {
    this.#total += 1;
    const record: CallRecord = { sequence: this.#total, ...call };
    this.#ring[(this.#total - 1) % this.capacity] = record;
    for (const sink of this.#sinks) sink(record);
    return record;
  }

  /** Calls back on every call from now on; returns the way to stop that. */
  follow(sink: (call: CallRecord) => void): () => void {
    this.#sinks.add(sink);
    return () => this.#sinks.delete(sink);
  }

  /** Calls that match, oldest first. */
  read(query: CallQuery = {}): readonly CallRecord[] {
    const split = this.#total > this.capacity ? this.#total % this.capacity : 0;
    const ordered = split === 0 ? this.#ring : [...this.#ring.slice(split), ...this.#ring.slice(0, split)];
    const after = query.after ?? 0;
    return ordered.filter(call => call.sequence > after && matches(query, call));
  }
}

/** Whether a call is one that a rule is about. */
export function matches(
  match: CallMatch,
  call: Pick<CallRecord, 'caller' | 'service' | 'action' | 'region'>,
): boolean {
  return (
    fits(match.caller, call.caller) &&
    fits(match.service, call.service) &&
    fits(match.action, call.action) &&
    fits(match.region, call.region)
  );
}

function fits(pattern: string | undefined, value: string): boolean {
  if (pattern === undefined) return true;
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : value === pattern;
}
