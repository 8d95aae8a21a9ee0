import path from 'node:path';
import type { CloudCall } from '../../ports';
import type { Check } from '../checks/check';
import { type PreflightResult, preflight } from '../checks/preflight';
import { planDrill } from '../plan/plan';
import type { DrillMode, Phase, StepId } from '../plan/plan-steps';
import { globalCalls } from '../report/report';
import type { DrillContext, DrillRequest } from '../run/context';
import { fileJournals } from '../run/journal-files';
import { LOOKS, type Rehearsed } from './looks';
import { renderRehearsal } from './rehearsal-text';

/** One step as it was rehearsed. */
export interface RehearsedStep extends Rehearsed {
  readonly step: StepId;
  readonly phase: Phase;
  readonly title: string;
  readonly precondition: string;
}

/** What a rehearsal found, a document that others read; later versions only add. */
export interface RehearsalReport {
  readonly version: 1;
  readonly id: string;
  readonly mode: 'rehearse';
  /** The move that was rehearsed. */
  readonly of: DrillMode;
  readonly target: 'lab' | 'aws';
  /** Home that would be moved. @default - the application has none */
  readonly home?: string;
  readonly from: string;
  readonly to: string;
  /** The worst of preflight and looks. */
  readonly verdict: PreflightResult['verdict'];
  readonly checks: readonly Check[];
  readonly steps: readonly RehearsedStep[];
  readonly calls: readonly CloudCall[];
  /** Calls to global control planes; must be empty. */
  readonly forbiddenCalls: readonly CloudCall[];
  /** What no look can tell before the step is really done. */
  readonly unproven: readonly string[];
}

/** A rehearsal and the folder of its report. */
export interface RehearsalResult {
  readonly report: RehearsalReport;
  readonly exitCode: 0 | 1 | 2;
  readonly directory: string;
}

const UNPROVEN = [
  'the permissions to move the database and to raise a floor: AWS has no dry run for either',
  'how long the database takes to move, and how long clients take to follow',
];

/**
 * Looks at everything that a move would look at, step by step, and says what each step would send. Takes no lock, writes no
 * register, and sends nothing that changes anything.
 * @throws HoldfastError as {@link preflight}
 */
export async function rehearseDrill(context: DrillContext, request: DrillRequest): Promise<RehearsalResult> {
  const { clock, settings, timeScale, target, directory, output } = context;
  const { mode = 'switchover' } = request;
  const stamp = clock.now().toISOString().replace(/[-:]/g, '').split(/[T.]/).slice(0, 2).join('-');
  const id = `rehearse-${stamp}`;
  const found = await preflight(context, { ...request, acceptDataLoss: mode === 'failover' });
  // A standby that needs no more capacity today may need it tomorrow: all steps are rehearsed.
  const plan = planDrill({
    ...{ ...found, id, mode, timeScale, settings, scaleUp: true },
    before: found.register.record,
  });
  const steps: RehearsedStep[] = [];
  for (const step of plan.steps) {
    const { id: name, phase, title, precondition } = step;
    const rehearsed = await LOOKS[name]({ context, plan, step });
    steps.push({ step: name, phase, title, precondition, ...rehearsed });
    const text = `${name}: ${rehearsed.looks.map(({ state }) => state).join(', ') || 'nothing to look at'}`;
    output.emit({ code: 'drill.rehearse.step', level: 'info', text, data: { step: name } });
  }
  const calls = context.cloud.calls();
  const forbiddenCalls = globalCalls(calls);
  const { from, to, checks } = found;
  const report: RehearsalReport = {
    ...{ version: 1, id, mode: 'rehearse', of: mode, target, from, to, checks, steps, calls, forbiddenCalls },
    ...(settings.home === undefined ? {} : { home: settings.home }),
    verdict: forbiddenCalls.length > 0 ? 'failed' : worst(found.verdict, steps),
    unproven: UNPROVEN,
  };
  const store = context.journals ?? fileJournals(directory);
  store.save(id, 'rehearsal.json', `${JSON.stringify(report, null, 2)}\n`);
  store.save(id, 'rehearsal.md', renderRehearsal(report));
  return { report, exitCode: EXIT[report.verdict], directory: path.join(directory, id) };
}

const EXIT = { clean: 0, unknown: 1, failed: 2 } as const;

function worst(
  verdict: PreflightResult['verdict'],
  steps: readonly RehearsedStep[],
): PreflightResult['verdict'] {
  const states = steps.flatMap(({ looks }) => looks.map(({ state }) => state));
  if (verdict === 'failed' || states.includes('failed')) return 'failed';
  return verdict === 'unknown' || states.includes('unknown') ? 'unknown' : 'clean';
}
