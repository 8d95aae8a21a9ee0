import type { JournalEntry } from './journal';

/**
 * What counts of a journal. A process that stood still until another took its drill up goes on writing when it wakes,
 * and knows no better: what it writes after the newer term began is left out. Of two that began the same term, which
 * takes a lock that changed hands in between, the first one counts.
 */
export function withoutSuperseded(entries: readonly JournalEntry[]): JournalEntry[] {
  let current = { term: 0, writer: '' };
  return entries.filter(({ term = 0, writer = '' }) => {
    if (term > current.term) current = { term, writer };
    return term === current.term && writer === current.writer;
  });
}
