import { z } from 'zod';
import type { Finding } from '../model';

const pattern = z.string().min(1, 'is empty; give a name, or "*" for every one');

/**
 * What is ignored, why, by whom, and until when. `*` stands for any letters, `\*` for a star. Each field is written
 * out, so that nobody ignores more than was meant.
 */
export const ignoreEntry = z.strictObject({
  /** Rule of the finding. No pattern: who ignores a rule knows it. */
  rule: z.string().regex(/^[a-z][a-z0-9-]*$/, 'is no id of a rule'),
  stack: pattern,
  region: pattern,
  resource: pattern,
  /** Paths of the finding; without it, the finding wherever it is. */
  path: z.string().optional(),
  reason: z.string().trim().min(10, 'is too short to say why'),
  owner: z.string().trim().min(1, 'is empty'),
  /** Last day on which it counts, in UTC. */
  expires: z.iso.date('is no date such as 2027-01-31'),
});

/** One entry of an ignore file. */
export type IgnoreEntry = z.infer<typeof ignoreEntry>;

/** The whole file. */
export const ignoreDocument = z.strictObject({ version: z.literal(1), entries: z.array(ignoreEntry) });

const DAY = 24 * 60 * 60 * 1000;

/** Whether the last day of an entry is over. */
export const isExpired = (entry: Pick<IgnoreEntry, 'expires'>, now: Date): boolean =>
  now.getTime() >= Date.parse(`${entry.expires}T00:00:00Z`) + DAY;

/** Whether an entry speaks of a finding; of several paths, each must be meant. */
export function covers(entry: IgnoreEntry, finding: Finding): boolean {
  const { stack, region, resource, path } = entry;
  if (entry.rule !== finding.rule) return false;
  if (![matches(stack, finding.stack), matches(region, finding.region)].every(Boolean)) return false;
  if (!matches(resource, finding.resource)) return false;
  if (path === undefined || matches(path, finding.path)) return true;
  return finding.path !== '' && finding.path.split(', ').every(part => matches(path, part));
}

/** The pattern that means a text and nothing else. */
export const exactly = (text: string): string => text.replace(/[\\*]/g, '\\$&');

/** The texts between the stars of a pattern. */
function partsOf(pattern: string): readonly string[] {
  const parts = [];
  let part = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const letter = pattern.charAt(at);
    if (letter === '*') {
      parts.push(part);
      part = '';
    } else if (letter === '\\' && at + 1 < pattern.length) {
      at += 1;
      part += pattern.charAt(at);
    } else part += letter;
  }
  return [...parts, part];
}

/** Whether a text has the form of a pattern, by its parts from the left: never a regular expression of others. */
function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = partsOf(pattern);
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
