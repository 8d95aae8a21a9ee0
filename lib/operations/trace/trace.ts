/** One line that a process wrote for a request, wherever it wrote it. */
export interface TraceLine {
  /** ISO 8601. */
  readonly at: string;
  readonly region: string;
  /** Process or log stream. */
  readonly source: string;
  readonly level: string;
  readonly message: string;
  /** The rest of the line. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What is known of one request: in order, and with what could not be searched. */
export interface Trace {
  readonly version: 1;
  readonly id: string;
  /** `found`, `nothing` when everything was searched and held nothing, else `unchecked`. */
  readonly verdict: 'found' | 'nothing' | 'unchecked';
  readonly lines: readonly TraceLine[];
  /** Regions and files that could not be searched, with the reason. */
  readonly unchecked: readonly string[];
}

/** What may stand in an id: ids of ours, of callers and of traces; nothing that a query could take for its own. */
export const TRACE_ID = /^[\w.:-]{1,128}$/;

/** Fields of every line, which a reader need not see again. */
const COMMON = new Set(['time', 'level', 'message', 'correlationId']);

/** A line of a log, when it is one of ours and of this id: in its correlation id, its trace or any of its fields. */
export function lineOf(
  text: string,
  id: string,
  place: { readonly region: string; readonly source: string },
): TraceLine | undefined {
  if (!text.includes(id)) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined; // a line of somebody else's: it has no time to be put in order by
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const line = parsed as Record<string, unknown>;
  if (typeof line.time !== 'string' || !holds(line, id)) return undefined;
  const fields = Object.fromEntries(Object.entries(line).filter(([name]) => !COMMON.has(name)));
  return {
    at: line.time,
    ...place,
    level: String(line.level ?? ''),
    message: String(line.message ?? ''),
    fields,
  };
}

/** Whether a value is the id, or a text that holds it as a word of its own. */
function holds(value: unknown, id: string): boolean {
  if (typeof value === 'string') {
    const at = value.indexOf(id);
    return at >= 0 && !/[\w-]/.test(value[at - 1] ?? ' ') && !/[\w-]/.test(value[at + id.length] ?? ' ');
  }
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(inner => holds(inner, id));
}

/** Puts lines in the order in which they were written, one Region's clock beside the other's. */
export function traceOf(id: string, lines: readonly TraceLine[], unchecked: readonly string[]): Trace {
  const ordered = [...lines].sort((a, b) => a.at.localeCompare(b.at) || a.source.localeCompare(b.source));
  const verdict = unchecked.length > 0 ? 'unchecked' : ordered.length > 0 ? 'found' : 'nothing';
  return { version: 1, id, verdict, lines: ordered, unchecked };
}
