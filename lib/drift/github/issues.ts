import { createHash } from 'node:crypto';
import type { DriftReport } from '../model';
import { markdown, markerOf } from '../report/markdown';
import { byStack, placeOf, printable } from '../report/text';
import { reportOf } from '../verdict';
import type { GitHubApi } from './api';
import { ACTIONS_BOT } from './comment';

/** What became of the issue of one stack. */
export interface Filed {
  /** Name of the stack; of a closed issue its title. */
  readonly stack: string;
  readonly done: 'opened' | 'reopened' | 'updated' | 'unchanged' | 'closed';
  readonly url: string;
}

/** How issues are filed. */
export interface IssueOptions {
  /** Label by which they are found again; made by GitHub when it is new. @default 'drift' */
  readonly label?: string;
  /** Login that the token acts as. @default 'github-actions[bot]' */
  readonly author?: string;
  /** Where the run is, for what the issue says. @default - not said */
  readonly whole?: string;
}

interface Known {
  readonly number: number;
  readonly open: boolean;
  readonly title: string;
  readonly body: string;
  readonly url: string;
}

/**
 * One issue a stack: opened when it has something to act on, kept up to date, reopened, and closed when a run has
 * looked at the stack and has nothing on it any more. A run in which a source could not be read closes none, and no run
 * closes that of a stack that it was not given: what was not looked at is not clean.
 *
 * @throws HoldfastError as {@link GitHubApi.send}
 */
export async function fileIssues(
  api: GitHubApi,
  report: DriftReport,
  options: IssueOptions = {},
): Promise<readonly Filed[]> {
  const { label = 'drift' } = options;
  const known = await knownIssues(api, label, options.author ?? ACTIONS_BOT);
  const filed: Filed[] = [];
  const acting = report.findings.filter(({ class: name }) => name !== 'noise' && name !== 'expected');
  const groups = byStack(acting);
  for (const group of groups) {
    const key = keyOf(group.stack, group.region);
    const body = markdown(reportOf(report.counts.checked, group.findings), { key, whole: options.whole });
    const title = `Drift in ${printable(placeOf(group), 150)}`;
    filed.push({ stack: group.stack, ...(await fileOne(api, known.get(key), { title, body, label })) });
  }
  if (!isWhole(report)) return filed;
  const current = new Set(groups.map(({ stack, region }) => keyOf(stack, region)));
  const isLookedAt = (key: string) =>
    (report.stacks ?? []).some(({ stack, region }) =>
      region === '-' ? key.endsWith(partOf(stack)) : key === keyOf(stack, region),
    );
  for (const [key, issue] of known) {
    if (!issue.open || current.has(key) || !isLookedAt(key)) continue;
    filed.push({ stack: issue.title, done: 'closed', url: issue.url });
    const body = closing(key, report, options.whole);
    await api.send('PATCH', `issues/${issue.number}`, { state: 'closed', state_reason: 'completed', body });
  }
  return filed;
}

async function fileOne(
  api: GitHubApi,
  issue: Known | undefined,
  { title, body, label }: { readonly title: string; readonly body: string; readonly label: string },
): Promise<Omit<Filed, 'stack'>> {
  if (issue === undefined) {
    const made = await api.send('POST', 'issues', { title, body, labels: [label] });
    return { done: 'opened', url: String(made.html_url) };
  }
  if (issue.open && issue.body === body) return { done: 'unchanged', url: issue.url };
  await api.send('PATCH', `issues/${issue.number}`, issue.open ? { body } : { body, state: 'open' });
  return { done: issue.open ? 'updated' : 'reopened', url: issue.url };
}

/** Whether every source was read: an unreadable one stands for any stack. */
const isWhole = ({ findings }: DriftReport): boolean =>
  !findings.some(each => each.class === 'unchecked' && each.type === '-');

/** Names the issue of a stack in a Region; its last part is that of the stack in any Region. */
const keyOf = (stack: string, region: string): string =>
  `drift-issue-${partOf(JSON.stringify([stack, region]))}-${partOf(stack)}`;

const partOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

function closing(key: string, { counts }: DriftReport, whole?: string): string {
  const clean = markdown(reportOf(counts.checked, []), { key, whole });
  return `${clean}\nThe last run has looked at this stack and has nothing on it.\n`;
}

/** Issues of ours by their key; of several, the open one. Pull requests are issues to this API, and are left out. */
async function knownIssues(api: GitHubApi, label: string, author: string) {
  const known = new Map<string, Known>();
  const items = await api.list(`issues?state=all&labels=${encodeURIComponent(label)}`);
  for (const { number, state, title, body, user, html_url, pull_request } of items) {
    const text = String(body ?? '').replace(/\r\n/g, '\n');
    const key = /^<!-- holdfast:(drift-issue-[0-9a-f]{16}-[0-9a-f]{16}) -->\n/.exec(text)?.[1];
    const ours = (user as { login?: unknown } | null)?.login === author && pull_request === undefined;
    if (key === undefined || !ours || !text.startsWith(markerOf(key)) || known.get(key)?.open === true)
      continue;
    known.set(key, {
      number: Number(number),
      open: state === 'open',
      title: String(title),
      body: text,
      url: String(html_url),
    });
  }
  return known;
}
