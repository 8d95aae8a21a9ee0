import type { ServiceLevelSpec } from '../../../regions';
import { escapeHtml, htmlTable } from '../../html';
import { type Advice, adviseLevels } from './advice';
import { budgetChart } from './chart';
import type { ServiceLevelHistory } from './history';
import { judgeLevels, type LevelStanding, sum, verdictOf } from './judge';

/** The report of a period, as data. */
export interface ServiceLevelReport {
  readonly version: 1;
  readonly application: string;
  readonly from: string;
  readonly to: string;
  /** As of the end of the period. */
  readonly verdict: LevelStanding['state'];
  readonly standings: readonly LevelStanding[];
  readonly advice: readonly Advice[];
  /** Days on which most was bad, worst first, at most ten. */
  readonly worstDays: readonly {
    readonly level: string;
    readonly day: string;
    readonly bad: number;
    readonly total: number;
  }[];
}

/** Puts a period together. */
export function reportLevels(
  application: string,
  levels: readonly ServiceLevelSpec[],
  history: ServiceLevelHistory,
): ServiceLevelReport {
  const standings = judgeLevels(levels, history);
  return {
    version: 1,
    application,
    from: history.from,
    to: history.to,
    verdict: verdictOf(standings),
    standings,
    advice: adviseLevels(levels, history),
    worstDays: worstDays(history),
  };
}

function worstDays({ levels }: ServiceLevelHistory): ServiceLevelReport['worstDays'] {
  const days = new Map<string, { level: string; day: string; counts: LevelCounts }>();
  for (const { level, counts } of levels)
    for (const count of counts) {
      const day = count.at.slice(0, 10);
      const known = days.get(`${level} ${day}`);
      if (known === undefined) days.set(`${level} ${day}`, { level, day, counts: [count] });
      else known.counts.push(count);
    }
  return [...days.values()]
    .map(({ level, day, counts }) => ({ level, day, ...sum(counts) }))
    .filter(({ bad }) => bad > 0)
    .sort((a, b) => b.bad / b.total - a.bad / a.total)
    .slice(0, 10);
}
type LevelCounts = { at: string; total: number; bad: number }[];

const STYLE = `:root{color-scheme:light dark;--ink:#1b1f24;--ground:#fff;--soft:#57606a;--line:#d0d7de;--bad:#b3121d;--good:#0b57a4}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--ground:#0d1117;--soft:#9da7b1;--line:#30363d;--bad:#ff8b85;--good:#79b8ff}}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:64rem;margin:0 auto;padding:1.5rem}table{border-collapse:collapse;margin:1rem 0}caption{text-align:left;font-weight:600}
th,td{border-bottom:1px solid var(--line);padding:.25rem .75rem;text-align:left}svg{width:100%;height:auto}
svg text{font-size:12px;fill:var(--soft)}.label{text-anchor:end}.grid{stroke:var(--line)}.limit{stroke:var(--bad);stroke-dasharray:5 4}
.spent{fill:none;stroke:var(--good);stroke-width:2}`;

/** The report as one page that needs nothing else: no script, no other file. */
export function reportLevelsHtml(
  report: ServiceLevelReport,
  levels: readonly ServiceLevelSpec[],
  history: ServiceLevelHistory,
): string {
  const { application, from, to, verdict, standings, advice, worstDays } = report;
  const title = `Service levels of ${application}, ${from.slice(0, 10)} to ${to.slice(0, 10)}`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${escapeHtml(title)}</h1><p>At the end: <strong>${verdict}</strong>.</p>`,
    htmlTable(
      'At the end of the period',
      ['level', 'promised', 'held', 'events', 'bad', 'budget spent', 'state'],
      standings.map(standingRow),
    ),
    ...levels.map(
      (level, index) =>
        `<h2>${escapeHtml(level.name)}</h2>\n${budgetChart(level, history, `chart-${index}`)}`,
    ),
    htmlTable(
      'What the period says of the promises',
      ['level', 'advice', 'why'],
      advice.map(each => [each.level, each.advice, each.why]),
    ),
    htmlTable(
      'Worst days',
      ['level', 'day', 'bad', 'of'],
      worstDays.map(each => [each.level, each.day, String(each.bad), String(each.total)]),
    ),
    ...(history.unchecked.length === 0
      ? []
      : [
          htmlTable(
            'Could not be read',
            ['level', 'Region', 'reason'],
            history.unchecked.map(each => [each.level, each.region, each.reason]),
          ),
        ]),
    '</main></body></html>',
    '',
  ].join('\n');
}

/** One level in cells: what is not known is said so. */
export const standingRow = ({ level, target, good, total, bad, spent, state }: LevelStanding): string[] => [
  level,
  `${Number((target * 100).toPrecision(7))} %`,
  good === null ? 'no events' : `${(good * 100).toFixed(3)} %`,
  String(Math.round(total)),
  String(Math.round(bad)),
  `${(spent * 100).toFixed(0)} %`,
  state,
];
