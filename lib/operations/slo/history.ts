import { HoldfastError, type Problem } from '../../errors';

/** What happened in one piece of time. */
export interface Counted {
  /** Its start, ISO 8601. */
  readonly at: string;
  /** Events, good and bad. */
  readonly total: number;
  readonly bad: number;
}

/** One level in one Region, oldest first, without gaps that mean anything: what is missing had no events. */
export interface LevelHistory {
  readonly level: string;
  readonly region: string;
  readonly counts: readonly Counted[];
}

/** What was counted, and what could not be. */
export interface ServiceLevelHistory {
  readonly version: 1;
  /** First moment that is covered, and the first that is not any more; ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Length of the pieces in seconds; a day unless told otherwise. */
  readonly stepSeconds: number;
  readonly levels: readonly LevelHistory[];
  /** What could not be read, and why; never taken for good. */
  readonly unchecked: readonly { readonly level: string; readonly region: string; readonly reason: string }[];
}

/**
 * Reads a history from a document, such as one that an earlier run has written.
 * @throws HoldfastError `invalid-input` with every problem, each with its place
 */
export function readHistory(document: unknown, file: string): ServiceLevelHistory {
  const problems: Problem[] = [];
  const root = (document ?? {}) as Partial<ServiceLevelHistory>;
  const wrong = (path: string, received: unknown, fix: string) =>
    problems.push({ path, received: received ?? null, message: 'is not what it must be', fix });
  if (root.version !== 1) wrong('version', root.version, 'this program reads version 1');
  for (const name of ['from', 'to'] as const)
    if (Number.isNaN(Date.parse(String(root[name])))) wrong(name, root[name], 'give an ISO 8601 time');
  if (!((root.stepSeconds ?? 0) > 0)) wrong('stepSeconds', root.stepSeconds, 'give seconds, such as 86400');
  if (!Array.isArray(root.levels)) wrong('levels', root.levels, 'give a list of { level, region, counts }');
  for (const [index, each] of (Array.isArray(root.levels) ? root.levels : []).entries()) {
    const path = `levels[${index}]`;
    const { level, region, counts } = (each ?? {}) as Partial<LevelHistory>;
    if (typeof level !== 'string') wrong(`${path}.level`, level, 'name the level');
    if (typeof region !== 'string') wrong(`${path}.region`, region, 'name the Region');
    if (!Array.isArray(counts)) wrong(`${path}.counts`, counts, 'give a list of { at, total, bad }');
    for (const [place, count] of (Array.isArray(counts) ? counts : []).entries()) {
      const { at, total, bad } = (count ?? {}) as Partial<Counted>;
      const sane =
        Number.isFinite(total) && Number.isFinite(bad) && (bad ?? -1) >= 0 && (total ?? -1) >= (bad ?? 0);
      if (Number.isNaN(Date.parse(String(at))) || !sane)
        wrong(`${path}.counts[${place}]`, count, 'give a time, and at most as many bad events as there are');
    }
  }
  if (problems.length > 0)
    throw new HoldfastError(
      'invalid-input',
      `${file} is no history of service levels`,
      problems.slice(0, 20),
    );
  const { unchecked = [], ...history } = document as ServiceLevelHistory;
  return { ...history, unchecked };
}
