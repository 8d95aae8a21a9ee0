import type { DrillReport, PhaseReport } from './report';

/** The report for people, in Markdown. */
export function renderReport(report: DrillReport): string {
  return [
    `# Drill ${report.id}`,
    '',
    `${report.mode}${report.home === undefined ? '' : ` of home ${report.home}`} from ${report.from} to ${report.to}: **${report.outcome}**${report.resumed ? ' (resumed)' : ''}`,
    '',
    ...reasonLines(report),
    `*${report.label}.*`,
    '',
    ...phaseTable(report),
    '',
    ...figures(report),
    '',
    ...listed('Objectives missed', report.missed),
    ...listed('Given up without harm', report.notes),
    ...listed('What was under way', reconciled(report)),
    ...checks(report),
    ...listed(
      'Who approved what',
      report.approvals.map(({ at, by, what }) => `${at} ${by}: ${what}`),
    ),
    ...listed('Traffic: writes acknowledged, by the Region that answered', traffic(report)),
    ...listed('Modelled by the lab, not proven by this drill', report.modelled),
    ...calls(report),
  ].join('\n');
}

function reasonLines({ reason, next }: DrillReport): string[] {
  const lines = reason === undefined ? [] : [`Reason: ${reason.replaceAll('\n', '; ')}`, ''];
  return next === undefined ? lines : [...lines, `Next: \`${next}\``, ''];
}

/** Seconds with one decimal, or a dash where nothing was measured. */
const seconds = (value: number | null | undefined): string => (value == null ? '-' : value.toFixed(1));
const measured = (value: number | null): string => (value === null ? 'not measured' : `${seconds(value)} s`);
const count = (value: number | null): string => (value === null ? 'not measured' : String(value));

function phaseTable(report: DrillReport): string[] {
  const head = ['phase', 'measured s', 'budget s', 'budget on AWS s', 'within', 'requests', 'failed'];
  const rows = report.phases.map(phase => phaseRow(phase, report.timeScale));
  const total = [
    '**RTO**',
    seconds(report.rtoSeconds),
    seconds(report.budgetSeconds),
    seconds(report.unscaledBudgetSeconds),
    report.rtoSeconds === null
      ? '-'
      : yes(report.rtoSeconds <= report.budgetSeconds + report.resolutionSeconds),
    String(report.requests.total),
    String(report.requests.failed),
  ];
  return table([head, ...rows, total]);
}

function phaseRow(phase: PhaseReport, timeScale: number): string[] {
  return [
    phase.name,
    seconds(phase.seconds),
    seconds(phase.budgetSeconds),
    seconds(phase.budgetSeconds === undefined ? undefined : phase.budgetSeconds * timeScale),
    phase.within === undefined ? '-' : `${yes(phase.within)}${phase.interrupted ? ' (interrupted)' : ''}`,
    phase.requests === undefined ? '-' : String(phase.requests.total),
    phase.requests === undefined ? '-' : String(phase.requests.failed),
  ];
}

const yes = (value: boolean): string => (value ? 'yes' : 'NO');

function table(rows: readonly (readonly string[])[]): string[] {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)];
}

function figures(report: DrillReport): string[] {
  const { writes, epoch, objectives, timeScale } = report;
  const scaled = (value: number) => `${value} s (${seconds(value / timeScale)} s at ${timeScale}x)`;
  return table([
    ['figure', 'value'],
    ['acknowledged writes', count(writes.acknowledged)],
    ['lost acknowledged writes', count(writes.lost)],
    ['duplicate effects', count(writes.duplicateEffects)],
    ['orders not fulfilled', count(writes.unfulfilled)],
    ['refused write attempts', count(writes.refused)],
    ['writes never acknowledged', count(writes.unacknowledged)],
    ['longest gap between two acknowledged writes', measured(writes.refusedSeconds)],
    ['RPO measured', measured(report.rpoSeconds)],
    ['replication lag at preflight', measured(report.lagSeconds)],
    ['largest replication lag seen', largestLag(report)],
    ['RTO promised', scaled(objectives.rtoSeconds)],
    ['RPO promised for a failover', scaled(objectives.rpoSeconds)],
    ['epoch', `${epoch.before} -> ${epoch.after}`],
  ]);
}

/** The largest lag that was recorded, and how often nobody could tell. */
export function largestLag({ timeline }: Pick<DrillReport, 'timeline'>): string {
  const known = timeline.lag.flatMap(({ seconds }) => (seconds === null ? [] : [seconds]));
  if (known.length === 0) return 'not measured';
  const silent = timeline.lag.length - known.length;
  const untold = silent === 0 ? '' : `, untold ${silent} times`;
  return `${Math.max(...known).toFixed(1)} s in ${known.length} looks${untold}`;
}

/** Writes by the Region that answered, with the time of the first and the last. */
function traffic({ timeline }: DrillReport): string[] {
  const shares = new Map<string, { count: number; first: string; last: string }>();
  for (const { at, acknowledged } of timeline.samples) {
    for (const [region, count] of Object.entries(acknowledged)) {
      const before = shares.get(region);
      shares.set(region, { count: (before?.count ?? 0) + count, first: before?.first ?? at, last: at });
    }
  }
  const total = [...shares.values()].reduce((sum, { count }) => sum + count, 0);
  return [...shares].map(
    ([region, { count, first, last }]) =>
      `${region}: ${count} of ${total} (${((100 * count) / total).toFixed(0)} %), from ${first} to ${last}`,
  );
}

/** What became of queues, outbox and cache, and what is left to do. */
export function reconciled({ reconciliation }: DrillReport): string[] {
  if (reconciliation === null) return [];
  const { queues, jobs, cache, open } = reconciliation;
  return [
    ...queues.map(
      ({ region, work, dead }) =>
        `queue of ${region}: ${work.waiting} wait, ${work.inWork} in work; ${dead.waiting} dead letters`,
    ),
    ...(jobs === null
      ? []
      : [`outbox: ${jobs.owed} owed, ${jobs.unsent} not sent under this epoch; ${jobs.parked} parked`]),
    ...(cache === null ? [] : [`cache: ${cache}`]),
    ...open.map(item => `open: ${item}`),
  ];
}

function listed(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`## ${title}`, '', ...items.map(item => `- ${item}`), ''];
}

function checks(report: DrillReport): string[] {
  return listed(
    'Preflight',
    report.checks.map(
      check => `${check.id}: ${check.state}${check.accepted ? ' (accepted)' : ''}, ${check.text}`,
    ),
  );
}

function calls(report: DrillReport): string[] {
  const counts = new Map<string, number>();
  for (const call of report.calls) {
    const name = `${call.service} ${call.action} in ${call.region}${call.result === 'ok' ? '' : `: ${call.result}`}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const verdict =
    report.forbiddenCalls.length === 0
      ? 'no call to a global control plane'
      : `${report.forbiddenCalls.length} calls to global control planes`;
  return listed(
    `Calls made (${verdict})`,
    [...counts].map(([name, times]) => `${times} x ${name}`),
  );
}
