import { escapeHtml, htmlTable } from '../../html';
import type { DrillReport } from './report';
import { timelinePicture } from './report-picture';
import { largestLag, reconciled } from './report-text';

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --paper: #ffffff; --line: #c8d0da; --old: #2f6fb3; --new: #2b8a5b; --bad: #b3362f; --phase: #7a6aa8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --paper: #14181f; --line: #3a4352; --old: #6ba4e0; --new: #5cc492; --bad: #f07b72; --phase: #b3a4e0; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
tbody th { font-weight: 400; }
.good { color: var(--new); } .bad { color: var(--bad); }
svg { width: 100%; height: auto; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
.label { text-anchor: end; } .tick { text-anchor: middle; } .grid { stroke: var(--line); stroke-width: .5; }
.old { fill: var(--old); } .new { fill: var(--new); } .failed, .open { fill: var(--bad); } .phase { fill: var(--phase); } .lag { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.key { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em; } .key.old { background: var(--old); } .key.new { background: var(--new); } .key.failed { background: var(--bad); }
`;

/** The report as one page that needs nothing else: no script, no font, no request. */
export function renderReportHtml(report: DrillReport): string {
  const { mode, from, to, outcome, id, label, missed } = report;
  const good = outcome === 'done' && missed.length === 0;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(`${mode} ${from} to ${to}: ${outcome}`)}</title>`,
    `<style>${STYLE}</style></head><body><main>`,
    `<h1>${escapeHtml(`${mode} from ${from} to ${to}`)}</h1>`,
    `<p class="${good ? 'good' : 'bad'}"><strong>${escapeHtml(outcome)}</strong>${escapeHtml(verdictOf(report))}</p>`,
    `<p>${escapeHtml(id)}; ${escapeHtml(label)}.</p>`,
    ...advice(report),
    ...picture(report),
    ...figures(report),
    ...lists(report),
    '</main></body></html>',
    '',
  ].join('\n');
}

const seconds = (value: number | null | undefined): string =>
  value == null ? 'not measured' : `${value.toFixed(1)} s`;
const count = (value: number | null): string => (value === null ? 'not measured' : String(value));

const verdictOf = ({ missed, outcome }: DrillReport): string => {
  if (missed.length > 0) return `, ${missed.length} objective${missed.length === 1 ? '' : 's'} missed`;
  return outcome === 'done' ? ', every objective met' : '';
};

const advice = ({ reason, next }: DrillReport): string[] => [
  ...(reason === undefined ? [] : [`<p>Reason: ${escapeHtml(reason)}</p>`]),
  ...(next === undefined ? [] : [`<p>Next: <code>${escapeHtml(next)}</code></p>`]),
];

function picture(report: DrillReport): string[] {
  const drawn = timelinePicture(report);
  if (drawn === undefined) return [];
  const key = `<p><span class="key old"></span>acknowledged in ${escapeHtml(report.from)}<span class="key new"></span>acknowledged in ${escapeHtml(report.to)}<span class="key failed"></span>requests that failed; the line is the replication lag</p>`;
  return ['<h2>Timeline</h2>', key, drawn];
}

function figures(report: DrillReport): string[] {
  const { writes, phases, objectives, timeScale, epoch } = report;
  const phaseRows = phases.map(phase => [
    phase.name,
    phase.seconds.toFixed(1),
    phase.budgetSeconds === undefined ? '-' : phase.budgetSeconds.toFixed(1),
    phase.within === undefined ? '-' : phase.within ? 'yes' : 'no',
    phase.requests === undefined ? '-' : `${phase.requests.failed} of ${phase.requests.total}`,
  ]);
  return [
    htmlTable('Phases, seconds', ['phase', 'measured', 'budget', 'within', 'requests failed'], phaseRows),
    htmlTable(
      'Figures',
      ['figure', 'value'],
      [
        ['RTO measured, from the first act', seconds(report.rtoSeconds)],
        [
          'RTO promised',
          `${objectives.rtoSeconds} s (${seconds(objectives.rtoSeconds / timeScale)} at ${timeScale}x)`,
        ],
        ['RPO measured', seconds(report.rpoSeconds)],
        [
          'RPO promised for a failover',
          `${objectives.rpoSeconds} s (${seconds(objectives.rpoSeconds / timeScale)} at ${timeScale}x)`,
        ],
        ['replication lag at preflight', seconds(report.lagSeconds)],
        ['largest replication lag seen', largestLag(report)],
        ['acknowledged writes', count(writes.acknowledged)],
        ['lost', count(writes.lost)],
        ['duplicate effects', count(writes.duplicateEffects)],
        ['not fulfilled', count(writes.unfulfilled)],
        ['never acknowledged', count(writes.unacknowledged)],
        ['longest gap between two acknowledged writes', seconds(writes.refusedSeconds)],
        ['epoch', `${epoch.before} to ${epoch.after}`],
      ],
    ),
    htmlTable(
      'Preflight',
      ['check', 'state', 'found'],
      report.checks.map(check => [
        check.id,
        `${check.state}${check.accepted ? ' (accepted)' : ''}`,
        check.text,
      ]),
    ),
  ];
}

function lists(report: DrillReport): string[] {
  const list = (title: string, items: readonly string[]) =>
    items.length === 0
      ? []
      : [`<h2>${title}</h2>`, `<ul>${items.map(item => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`];
  const calls = new Map<string, number>();
  for (const { service, action, region, result } of report.calls) {
    const name = `${service} ${action} in ${region}${result === 'ok' ? '' : `: ${result}`}`;
    calls.set(name, (calls.get(name) ?? 0) + 1);
  }
  return [
    ...list('Objectives missed', report.missed),
    ...list(
      'Who approved what',
      report.approvals.map(({ at, by, what }) => `${at} ${by}: ${what}`),
    ),
    ...list('Given up without harm', report.notes),
    ...list('What was under way', reconciled(report)),
    ...list('Modelled by the lab, not proven by this drill', report.modelled),
    ...list(
      'Calls to global control planes, of which there should be none',
      report.forbiddenCalls.map(call => `${call.service} ${call.action}`),
    ),
    ...list(
      'Calls made',
      [...calls].map(([name, times]) => `${times} x ${name}`),
    ),
  ];
}
