import { parseDocument } from 'yaml';
import { HoldfastError, type Problem } from '../../errors';
import type { Finding } from '../model';
import { exactly, type IgnoreEntry, ignoreEntry, isExpired } from './entry';
import { parseIgnoreFile } from './read-ignore';

/** Why a finding is accepted, by whom, and until when. */
export type Acceptance = Pick<IgnoreEntry, 'reason' | 'owner' | 'expires'>;

/** Findings about the ignore file itself, which it cannot hide. */
const OWN = ['ignore-expired', 'ignore-unused'];

/**
 * The text of the ignore file with one more entry, for that finding and no other; comments and order stay. An entry
 * for the same finding is renewed in place.
 *
 * @param text of the file as it is; empty for a file that does not exist yet
 * @param name a name that ends in `.json` is written as JSON
 * @throws HoldfastError `invalid-input` for a file or an acceptance that is not valid, with every problem at once
 */
export function acceptFinding(
  text: string,
  name: string,
  finding: Finding,
  acceptance: Acceptance,
  now: Date,
): string {
  const entry = {
    rule: finding.rule,
    ...{
      stack: exactly(finding.stack),
      region: exactly(finding.region),
      resource: exactly(finding.resource),
    },
    ...(finding.path === '' ? {} : { path: exactly(finding.path) }),
    ...acceptance,
  };
  assertEntry(entry, now);
  const { entries } = text.trim() === '' ? { entries: [] } : parseIgnoreFile(text, name);
  const known = entries.findIndex(other =>
    (['rule', 'stack', 'region', 'resource', 'path'] as const).every(
      key => other[key] === (entry as IgnoreEntry)[key],
    ),
  );
  if (/\.json$/i.test(name)) {
    const changed =
      known === -1 ? [...entries, entry] : entries.map((other, at) => (at === known ? entry : other));
    return `${JSON.stringify({ version: 1, entries: changed }, null, 2)}\n`;
  }
  const document = parseDocument(text.trim() === '' ? 'version: 1\nentries: []\n' : text);
  if (known !== -1) {
    for (const key of ['reason', 'owner', 'expires'] as const)
      document.setIn(['entries', known, key], entry[key]);
  } else if (entries.length === 0) {
    // An empty list is often written as [], in which a long entry would be one line.
    document.setIn(['entries'], document.createNode([entry]));
  } else document.addIn(['entries'], document.createNode(entry));
  return document.toString({ lineWidth: 0 });
}

function assertEntry(entry: IgnoreEntry, now: Date): void {
  const read = ignoreEntry.safeParse(entry);
  const problems: Problem[] = (read.error?.issues ?? []).map(issue => {
    const name = String(issue.path[0]);
    const received = entry[name as keyof IgnoreEntry];
    return { path: name, received, message: issue.message.toLowerCase(), fix: `give another --${name}` };
  });
  if (OWN.includes(entry.rule)) {
    const fix = 'mend or delete the entry that it speaks of';
    problems.push({ path: 'rule', received: entry.rule, message: 'is about the ignore file itself', fix });
  }
  if (read.success && isExpired(entry, now)) {
    const fix = 'give a day that is not over';
    problems.push({ path: 'expires', received: entry.expires, message: 'is over already', fix });
  }
  if (problems.length > 0)
    throw new HoldfastError('invalid-input', 'the finding cannot be accepted so', problems);
}
