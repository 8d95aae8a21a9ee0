import path from 'node:path';
import { type DrillReport, homeWords, type Plan, type PreflightResult, type RehearsalReport } from '../drill';
import { EXIT, type ExitCode } from './context';
import { table } from './table';

const ofHome = ({ home }: { readonly home?: string }): string =>
  home === undefined ? '' : ` of home ${home}`;

const seconds = (value: number | null | undefined): string => (value == null ? '-' : value.toFixed(1));
const count = (value: number | null): string => (value === null ? 'not measured' : String(value));

/** The table at the end of a drill: phases against their budget, then what clients saw. */
export function formatDrill(report: DrillReport, directory: string): string {
  const rows = report.phases.map(phase => [
    phase.name,
    seconds(phase.seconds),
    seconds(phase.budgetSeconds),
    seconds(phase.budgetSeconds === undefined ? undefined : phase.budgetSeconds * report.timeScale),
    phase.interrupted ? 'cut off' : phase.within === undefined ? '-' : phase.within ? 'yes' : 'NO',
    phase.requests === undefined ? '-' : `${phase.requests.failed} of ${phase.requests.total}`,
  ]);
  const total = [
    'RTO',
    seconds(report.rtoSeconds),
    seconds(report.budgetSeconds),
    seconds(report.unscaledBudgetSeconds),
  ];
  const { writes, epoch } = report;
  return [
    `${report.mode}${ofHome(report)} from ${report.from} to ${report.to}: ${report.outcome}, epoch ${epoch.before} to ${epoch.after}`,
    `(${report.label})`,
    ...(report.reason === undefined ? [] : [`reason: ${report.reason}`]),
    ...(report.next === undefined ? [] : [`next: ${report.next}`]),
    '',
    table(
      ['phase', 'measured s', 'budget s', 'on AWS s', 'within', 'requests failed'],
      [...rows, [...total, '', '']],
    ),
    '',
    `writes acknowledged          ${count(writes.acknowledged)}`,
    `  of which lost              ${count(writes.lost)}`,
    `  duplicate effects          ${count(writes.duplicateEffects)}`,
    `  not fulfilled              ${count(writes.unfulfilled)}`,
    `write attempts refused       ${count(writes.refused)}`,
    `never acknowledged           ${count(writes.unacknowledged)}`,
    `longest pause in writes      ${writes.refusedSeconds === null ? 'not measured' : `${seconds(writes.refusedSeconds)} s`}`,
    `requests failed              ${report.requests.failed} of ${report.requests.total}, retries included`,
    ...report.missed.map(missed => `MISSED: ${missed}`),
    '',
    `report: ${path.join(directory, 'report.md')}`,
  ].join('\n');
}

/** Exit code of what a preflight found: unknown is not clean, and not broken either. */
export const EXIT_OF_VERDICT: Readonly<Record<PreflightResult['verdict'], ExitCode>> = {
  clean: EXIT.good,
  failed: EXIT.found,
  unknown: EXIT.failed,
};

/** A preflight as text: the verdict first, then what to do, then what was found. */
export function formatPreflight(found: PreflightResult): string {
  const rows = found.checks.map(check => [check.id, check.state, check.text, check.fix ?? '']);
  return [
    `preflight of a ${found.mode} from ${found.from} to ${found.to}: ${found.verdict}; nothing was changed`,
    table(['check', 'state', 'found', 'fix'], rows),
  ].join('\n');
}

/** A plan as text: each step with its phase, its time, what must hold before it, and its way back. */
export function formatPlan(plan: Plan, verdict: string): string {
  const rows = plan.steps.map(step => [
    step.id,
    step.phase,
    step.budgetSeconds === 0 ? '-' : step.budgetSeconds.toFixed(1),
    step.precondition,
    step.pointOfNoReturn ? 'POINT OF NO RETURN' : (step.undo ?? '-'),
  ]);
  const { mode, from, to, before } = plan;
  const words = homeWords(plan);
  return [
    `${mode}${ofHome(plan)} from ${from} to ${to}, epoch ${before.epoch} to ${before.epoch + 1}; a plan, nothing was changed`,
    `its preflight is ${verdict}; see holdfast preflight${words} --to ${to} --mode ${mode}`,
    table(['step', 'phase', 'budget s', 'before it', 'way back'], rows),
  ].join('\n');
}

/** A rehearsal as text: what was not clean in the preflight, then each step with its looks and what it would send. */
export function formatRehearsal(report: RehearsalReport, file: string): string {
  const { of, from, to, verdict, checks, steps, unproven } = report;
  const bad = checks.filter(check => check.state !== 'ok');
  const rows = steps.flatMap(({ step, looks, sends }) => [
    ...looks.map(({ state, text }) => [step, state, text]),
    ...sends.map(send => [step, 'would send', send]),
  ]);
  return [
    `rehearsal of a ${of} from ${from} to ${to}: ${verdict}; nothing was changed`,
    ...bad.map(({ id, state, text, accepted }) => `${id}: ${state}${accepted ? ' (accepted)' : ''}, ${text}`),
    table(['step', 'state', 'found'], rows),
    ...unproven.map(item => `not shown: ${item}`),
    `report: ${file}`,
  ].join('\n');
}
