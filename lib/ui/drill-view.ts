import type { DrillReport, Journal, PlanStep } from '../drill';

/** One step of the drill as its journal tells it. */
export interface StepView {
  readonly id: string;
  readonly title: string;
  readonly state: 'waiting' | 'running' | 'done' | 'stopped';
  /** When it began, ISO 8601. */
  readonly began?: string;
  /** How long it took. */
  readonly seconds?: number;
  readonly budgetSeconds: number;
  /** Whether the way back closes with it. */
  readonly pointOfNoReturn: boolean;
  /** Why it was given up without harm. */
  readonly note?: string;
}

/** One phase with its steps. */
export interface PhaseView {
  readonly name: string;
  readonly state: StepView['state'];
  readonly seconds: number;
  readonly budgetSeconds: number;
  readonly steps: readonly StepView[];
}

/**
 * How it stands with a drill. `interrupted`: it did not end, and nobody holds its lock. `unwatched`: it did not end, and
 * whether anybody drives it could not be seen.
 */
export type DrillState =
  | 'preflight'
  | 'running'
  | 'going-back'
  | 'interrupted'
  | 'unwatched'
  | 'safe-stop'
  | 'done'
  | 'rolled-back'
  | 'refused'
  | 'aborted';

/** The newest drill as it happens. */
export interface DrillView {
  readonly id: string;
  readonly mode: string;
  readonly from?: string;
  readonly to: string;
  readonly state: DrillState;
  readonly began: string;
  readonly ended?: string;
  readonly phases: readonly PhaseView[];
  /** Whether an abort still leads back; null before there is a plan. */
  readonly wayBack: 'open' | 'closed' | null;
  readonly reason?: string;
  /** The command that goes on from here. */
  readonly next?: string;
  /** Figures of the report, once it is written. */
  readonly figures?: FiguresView;
}

/** What a report measured; null where nothing was. */
export interface FiguresView {
  readonly rtoSeconds: number | null;
  readonly budgetSeconds: number;
  readonly rpoSeconds: number | null;
  readonly acknowledged: number | null;
  readonly lost: number | null;
  readonly missed: readonly string[];
}

/** What is known beside the journal. */
export interface DrillSurroundings {
  /** Whether somebody drives it: by the drill lock, or because this process does; undefined when not seen. */
  readonly driven: boolean | undefined;
  readonly report?: DrillReport;
}

/** Reads a journal as the page shows it; nothing while it holds no whole line. */
export function drillView(journal: Journal, { driven, report }: DrillSurroundings): DrillView | undefined {
  const begin = journal.last('begin');
  if (begin === undefined) return undefined;
  const { plan } = journal;
  const state = stateOf(journal, driven);
  const stopped = journal.last('safe-stop');
  const end = journal.last('end');
  return {
    id: begin.id,
    mode: plan?.mode ?? begin.mode,
    from: plan?.from ?? report?.from,
    to: begin.to,
    state,
    began: begin.at,
    ended: end?.at ?? (state === 'safe-stop' ? stopped?.at : undefined),
    phases: phasesOf(journal, plan?.steps ?? [], moving(state)),
    wayBack: plan === undefined ? null : pastNoReturn(journal, plan.steps) ? 'closed' : 'open',
    reason: reasonOf(journal, state),
    next: nextOf(journal, state, begin.id) ?? (end === undefined ? undefined : report?.next),
    figures: report === undefined ? undefined : figuresOf(report),
  };
}

const moving = (state: DrillState): boolean => ['preflight', 'running', 'unwatched'].includes(state);

function stateOf(journal: Journal, driven: boolean | undefined): DrillState {
  const end = journal.last('end');
  if (end !== undefined) return end.outcome;
  const resumed = journal.last('resume')?.seq ?? 0;
  if ((journal.last('safe-stop')?.seq ?? 0) > resumed) return 'safe-stop';
  if (driven === false) return 'interrupted';
  if (driven === undefined) return 'unwatched';
  const back = journal.last('rollback')?.seq ?? 0;
  if (back > (journal.last('rollback-closed')?.seq ?? 0)) return 'going-back';
  return journal.plan === undefined ? 'preflight' : 'running';
}

function reasonOf(journal: Journal, state: DrillState): string | undefined {
  if (state === 'safe-stop') return journal.last('safe-stop')?.reason ?? journal.last('end')?.reason;
  return journal.last('end')?.reason ?? journal.last('rollback')?.reason;
}

function nextOf(journal: Journal, state: DrillState, id: string): string | undefined {
  if (state === 'safe-stop') return journal.last('safe-stop')?.next ?? 'holdfast status';
  if (state !== 'interrupted') return undefined;
  // One that died before its plan has nothing to take up, and nothing to undo.
  return journal.plan === undefined ? 'holdfast status' : `holdfast drill resume ${id}`;
}

/** The same rule as the runner's: the step of no return may have acted, or found that another had. */
const pastNoReturn = (journal: Journal, steps: readonly PlanStep[]): boolean =>
  steps.some(
    ({ id, pointOfNoReturn }) => pointOfNoReturn && (journal.mayHaveActed(id) || journal.has('step-end', id)),
  );

function phasesOf(journal: Journal, steps: readonly PlanStep[], driving: boolean): PhaseView[] {
  const names = [...new Set(steps.map(step => step.phase))];
  return names.map(name => {
    const views = steps.filter(step => step.phase === name).map(step => stepView(journal, step, driving));
    return {
      name,
      state: phaseState(views),
      seconds: views.reduce((sum, step) => sum + (step.seconds ?? 0), 0),
      budgetSeconds: views.reduce((sum, step) => sum + step.budgetSeconds, 0),
      steps: views,
    };
  });
}

function phaseState(steps: readonly StepView[]): StepView['state'] {
  if (steps.every(step => step.state === 'done')) return 'done';
  if (steps.some(step => step.state === 'stopped')) return 'stopped';
  return steps.some(step => step.state !== 'waiting') ? 'running' : 'waiting';
}

function stepView(journal: Journal, step: PlanStep, driving: boolean): StepView {
  const { id, title, budgetSeconds, pointOfNoReturn } = step;
  const began = journal.all('step-begin').find(entry => entry.step === id)?.at;
  const end = journal.all('step-end').find(entry => entry.step === id);
  const shared = { id, title, budgetSeconds, pointOfNoReturn, began };
  if (end !== undefined) return { ...shared, state: 'done', seconds: end.seconds, note: end.note };
  return { ...shared, state: began === undefined ? 'waiting' : driving ? 'running' : 'stopped' };
}

const figuresOf = ({ rtoSeconds, budgetSeconds, rpoSeconds, writes, missed }: DrillReport): FiguresView => ({
  ...{ rtoSeconds, budgetSeconds, rpoSeconds, missed },
  acknowledged: writes.acknowledged,
  lost: writes.lost,
});
