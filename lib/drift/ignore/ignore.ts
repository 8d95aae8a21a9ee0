import { findingOf } from '../classify/finding';
import type { Finding, IgnoredFinding } from '../model';
import { covers, type IgnoreEntry, isExpired } from './entry';
import type { IgnoreFile } from './read-ignore';

/** What is left of the findings of a run, and what was taken out. */
export interface Ignored {
  /** The others, and one more for each entry that has expired or that speaks of nothing. */
  readonly findings: readonly Finding[];
  /** Never silently gone: each with the words of its entry. */
  readonly ignored: readonly IgnoredFinding[];
  /** Entries of which the last day is over; they ignore nothing. */
  readonly expired: readonly IgnoreEntry[];
  /** Entries that speak of no finding of this run. */
  readonly unused: readonly IgnoreEntry[];
}

const EXPIRED = {
  id: 'ignore-expired',
  class: 'unchecked',
  why: 'the entry has expired, and ignores nothing any more',
  fix: 'mend what it speaks of, or review it and write a new reason and day by: holdfast drift accept',
} as const;
const UNUSED = {
  id: 'ignore-unused',
  class: 'noise',
  why: 'the entry speaks of no finding of this run',
  fix: 'delete it when what it speaks of is mended everywhere',
} as const;

/** Takes out what was reviewed and accepted. An entry that has expired fails the run until somebody reviews it. */
export function applyIgnores(findings: readonly Finding[], file: IgnoreFile, now: Date): Ignored {
  const valid = file.entries.filter(entry => !isExpired(entry, now));
  const used = new Set<IgnoreEntry>();
  const ignored: IgnoredFinding[] = [];
  const left: Finding[] = [];
  for (const finding of findings) {
    const entries = valid.filter(entry => covers(entry, finding));
    for (const entry of entries) used.add(entry);
    const [entry] = entries;
    if (entry === undefined) left.push(finding);
    else ignored.push({ ...finding, reason: entry.reason, owner: entry.owner, expires: entry.expires });
  }
  const expired = file.entries.filter(entry => !valid.includes(entry));
  const unused = valid.filter(entry => !used.has(entry));
  const told = [
    ...expired.map(entry => findingOfEntry(entry, file, EXPIRED)),
    ...unused.map(entry => findingOfEntry(entry, file, UNUSED)),
  ];
  return { findings: [...left, ...told], ignored, expired, unused };
}

function findingOfEntry(entry: IgnoreEntry, file: IgnoreFile, rule: typeof EXPIRED | typeof UNUSED): Finding {
  const { stack, region, resource, reason, owner, expires } = entry;
  const place = `${file.name}: entries[${file.entries.indexOf(entry)}]`;
  const why = `${rule.why}: ${entry.rule}, until ${expires}, of ${owner}, "${reason}" (${place})`;
  const path = entry.path === undefined ? [] : [entry.path];
  const of = { region, stack, resource, type: '-', action: 'none' } as const;
  // Two entries of one place are told apart by their rule.
  return { ...findingOf(of, rule, { holds: 'yes', why }, [entry.rule, ...path]), path: path.join('') };
}
