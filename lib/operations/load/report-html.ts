import { escapeHtml, htmlTable } from '../../html';
import type { LoadReport, StageReport } from './report';

const WIDTH = 860;
const HEIGHT = 220;
const LEFT = 64;
const BOTTOM = 24;
const LINES = ['p50', 'p90', 'p99', 'p999'] as const;

const STYLE = `:root{color-scheme:light dark;--ink:#1b1f24;--ground:#fff;--soft:#57606a;--line:#d0d7de;--bad:#b3121d;--a:#0b57a4;--b:#5a3d9a;--c:#8a5200;--d:#9b1c6a}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--ground:#0d1117;--soft:#9da7b1;--line:#30363d;--bad:#ff8b85;--a:#79b8ff;--b:#cfa8ff;--c:#e8b04b;--d:#ff9bd2}}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:68rem;margin:0 auto;padding:1.5rem}table{border-collapse:collapse;margin:1rem 0}caption{text-align:left;font-weight:600}
th,td{border-bottom:1px solid var(--line);padding:.25rem .75rem;text-align:left}svg{width:100%;height:auto}
svg text{font-size:12px;fill:var(--soft)}.label{text-anchor:end}.grid{stroke:var(--line)}.stage{stroke:var(--line);stroke-dasharray:4 4}
polyline{fill:none;stroke-width:1.5}.p50{stroke:var(--a)}.p90{stroke:var(--b)}.p99{stroke:var(--c)}.p999{stroke:var(--d)}.failed{fill:var(--bad)}
.key{display:inline-block;width:1.5em;border-top:3px solid;margin:0 .4em 0 1em;vertical-align:middle}.key.p50{border-color:var(--a)}.key.p90{border-color:var(--b)}.key.p99{border-color:var(--c)}.key.p999{border-color:var(--d)}`;

/** The report as one page that needs nothing else: percentiles second by second, and every figure in a table. */
export function loadReportHtml(report: LoadReport): string {
  const { application, url, at, verdict, peak, stages, levels, breaksAt, capacity } = report;
  const title = `Load on ${application}, ${at.slice(0, 16).replace('T', ' ')}`;
  const keys = LINES.map(name => `<span class="key ${name}"></span>${name}`).join('');
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${escapeHtml(title)}</h1>`,
    `<p><strong>${verdict}</strong>: ${escapeHtml(url)}, ${peak} requests a second at the peak. Times run from the moment at which a request was due.</p>`,
    levels.length === 0
      ? '<p>The topology promises nothing that a load can judge.</p>'
      : htmlTable(
          'Promises at the peak',
          ['level', 'promised', 'state', 'why'],
          levels.map(each => [
            each.level,
            `${Number((each.target * 100).toPrecision(7))} %`,
            each.state,
            each.why,
          ]),
        ),
    ...(breaksAt === undefined
      ? []
      : [
          `<p>${breaksAt === null ? 'No rate that was tried broke a promise.' : `A promise broke at ${breaksAt} requests a second.`}</p>`,
        ]),
    ...(capacity === undefined ? [] : [`<p>${escapeHtml(capacityLine(capacity))}</p>`]),
    `<h2>Percentiles over time</h2><p>${keys}; red: requests that failed</p>`,
    chart(stages),
    htmlTable(
      'Stages',
      ['stage', 'rate', 'requests', 'failed', 'p50 ms', 'p90 ms', 'p99 ms', 'p99.9 ms', 'longest ms'],
      stages.flatMap(rows),
    ),
    '</main></body></html>',
    '',
  ].join('\n');
}

/** The arithmetic of the topology beside what was measured, in words. */
export function capacityLine({
  clones,
  statedPerClone,
  measuredPerClone,
  holds,
}: NonNullable<LoadReport['capacity']>): string {
  if (measuredPerClone === null)
    return `What a clone carries could not be measured; ${statedPerClone} a second are stated.`;
  const says = holds ? 'holds' : 'does not hold: lower capacity.requestsPerClone';
  return `${clones} clones carried ${measuredPerClone.toFixed(0)} requests a second each; ${statedPerClone} are stated, which ${says}.`;
}

function rows({ name, fromRate, toRate, all, journeys }: StageReport): string[][] {
  const ms = (value: number) => value.toFixed(1);
  const row = (label: string, rate: string, tally: StageReport['all']) => [
    label,
    rate,
    String(tally.requests),
    String(tally.failed),
    ms(tally.p50),
    ms(tally.p90),
    ms(tally.p99),
    ms(tally.p999),
    ms(tally.max),
  ];
  const rate = fromRate === toRate ? fromRate.toFixed(0) : `${fromRate.toFixed(0)} to ${toRate.toFixed(0)}`;
  return [
    row(name, rate, all),
    ...Object.entries(journeys).map(([journey, tally]) => row(`${name}: ${journey}`, '', tally)),
  ];
}

function chart(stages: readonly StageReport[]): string {
  const seconds = stages.flatMap(({ perSecond }) => perSecond);
  const most = Math.max(1, ...seconds.map(({ p999 }) => p999));
  const x = (second: number) => LEFT + (second / Math.max(1, seconds.length)) * (WIDTH - LEFT - 10);
  // A line of powers of ten: a median of 2 ms and a tail of 2 s are both to be seen.
  const top = Math.ceil(Math.log10(most));
  const y = (milliseconds: number) =>
    8 + (1 - Math.max(0, Math.log10(Math.max(1, milliseconds))) / Math.max(1, top)) * (HEIGHT - BOTTOM - 8);
  const line = (name: (typeof LINES)[number]) =>
    `<polyline class="${name}" points="${seconds.map((each, second) => `${x(second + 0.5).toFixed(1)},${y(each[name]).toFixed(1)}`).join(' ')}"/>`;
  const failed = seconds.flatMap((each, second) =>
    each.failed === 0
      ? []
      : [
          `<rect class="failed" x="${x(second).toFixed(1)}" y="${HEIGHT - BOTTOM}" width="${Math.max(2, x(1) - x(0)).toFixed(1)}" height="4"/>`,
        ],
  );
  const grid = Array.from({ length: top + 1 }, (_, power) => 10 ** power).map(
    value =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - 10}" y1="${y(value)}" y2="${y(value)}"/><text class="label" x="${LEFT - 6}" y="${y(value) + 4}">${value} ms</text>`,
  );
  let begun = 0;
  const marks = stages.map(({ name, perSecond }) => {
    const at = x(begun);
    begun += perSecond.length;
    return `<line class="stage" x1="${at.toFixed(1)}" x2="${at.toFixed(1)}" y1="0" y2="${HEIGHT - BOTTOM}"/><text x="${(at + 3).toFixed(1)}" y="${HEIGHT - 6}">${escapeHtml(name)}</text>`;
  });
  const title = `Percentiles of ${seconds.length} seconds; the longest p99.9 of a second is ${most.toFixed(0)} ms`;
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="percentiles"><title id="percentiles">${escapeHtml(title)}</title>`,
    ...grid,
    ...marks,
    ...LINES.map(line),
    ...failed,
    '</svg>',
  ].join('\n');
}
