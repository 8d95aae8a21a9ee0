import type { PhaseReport, ReportInput } from '../report/report';
import type { Journal, JournalEntry } from '../run/journal';
import { pollMilliseconds } from '../run/runner';
import { budgetOf, phaseBudget } from './plan';
import { PHASES, type Phase, RTO_PHASES } from './plan-steps';

type StepEnd = JournalEntry & { readonly type: 'step-end' };

/** The phases that were reached. */
export function phaseReports(input: ReportInput): readonly PhaseReport[] {
  const { settings, mode, timeScale, load } = input;
  const resolution = pollMilliseconds(timeScale) / 1000;
  const measured = phaseSeconds(input);
  const interrupted = interruptedPhases(input);
  return PHASES.filter(name => measured.has(name) || load?.phases[name] !== undefined).map(name => {
    const seconds = measured.get(name) ?? 0;
    const budgeted = isOfRto(name) && measured.has(name);
    const budgetSeconds = budgeted ? phaseBudget(budgetOf(settings, mode), name) / timeScale : undefined;
    return {
      name,
      seconds,
      budgetSeconds,
      within: budgetSeconds === undefined ? undefined : seconds <= budgetSeconds + resolution,
      ...(interrupted.has(name) ? { interrupted: true } : {}),
      requests: load?.phases[name],
    };
  });
}

/** Whether a phase's time counts towards the RTO. */
export const isOfRto = (phase: Phase): boolean => (RTO_PHASES as readonly Phase[]).includes(phase);

/** Measured seconds of the phases of which a step has ended. */
function phaseSeconds({ journal, plan }: ReportInput): ReadonlyMap<Phase, number> {
  const found = new Map<Phase, number>();
  const [began, planned] = [journal?.last('begin'), journal?.last('plan')];
  if (began !== undefined && planned !== undefined) {
    found.set('preflight', (Date.parse(planned.at) - Date.parse(began.at)) / 1000);
    // A standby that carries its share has nothing to scale up: the phase took no time.
    if (!planned.plan.steps.some(step => step.phase === 'scale-up')) found.set('scale-up', 0);
  }
  const phaseOf = new Map(plan?.steps.map(step => [step.id, step.phase]));
  for (const end of journal?.all('step-end') ?? []) {
    const phase = phaseOf.get(end.step);
    if (journal !== undefined && phase !== undefined)
      found.set(phase, (found.get(phase) ?? 0) + stepSeconds(journal, end));
  }
  return found;
}

/** The phases of which a step was begun by one process and ended by another. */
function interruptedPhases({ journal, plan }: ReportInput): ReadonlySet<Phase | undefined> {
  const changed = journal?.all('step-end').filter(end => begunBefore(journal, end) !== undefined) ?? [];
  return new Set(changed.map(end => plan?.steps.find(step => step.id === end.step)?.phase));
}

/** When another process had begun a step; nothing when the one that ended it had begun it too. */
function begunBefore(journal: Journal, end: StepEnd): string | undefined {
  const begin = journal.all('step-begin').find(entry => entry.step === end.step);
  if (begin === undefined) return undefined;
  const resumed = journal.all('resume').some(entry => entry.seq > begin.seq && entry.seq < end.seq);
  return resumed ? begin.at : undefined;
}

/** Seconds of a step: by its own clock, or by the wall where another process had begun it. */
function stepSeconds(journal: Journal, end: StepEnd): number {
  const begunAt = begunBefore(journal, end);
  return begunAt === undefined ? end.seconds : (Date.parse(end.at) - Date.parse(begunAt)) / 1000;
}
