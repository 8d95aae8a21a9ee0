import { budgetOf, phaseBudget } from '../plan/plan';
import type { DrillReport, ReportInput } from '../report/report';

/** Objectives that were missed, in words. One is enough for the exit code of a drill that is done. */
export function missedObjectives(
  input: ReportInput,
  figures: Pick<DrillReport, 'rtoSeconds' | 'writes' | 'phases' | 'forbiddenCalls'>,
): readonly string[] {
  return [...times(input, figures), ...writes(input, figures.writes), ...calls(figures.forbiddenCalls)];
}

/** The RTO, and each phase by its line of the budget, where one process drove all of it. */
function times(
  { settings, timeScale, mode }: ReportInput,
  { rtoSeconds, phases }: Pick<DrillReport, 'rtoSeconds' | 'phases'>,
): readonly string[] {
  // What lies before the drill is taken as its lines say: the drill saw neither the outage begin nor the decision.
  const budget = budgetOf(settings, mode);
  const before = phaseBudget(budget, 'detection') + phaseBudget(budget, 'decision');
  const rto = (settings.objectives.rtoSeconds - before) / timeScale;
  const late =
    rtoSeconds !== null && rtoSeconds > rto
      ? [
          `RTO: ${rtoSeconds.toFixed(1)} s, promised ${rto.toFixed(1)} s${before > 0 ? ' from the decision on' : ''}`,
        ]
      : [];
  const over = phases
    .filter(phase => phase.within === false && !phase.interrupted)
    .map(
      ({ name, seconds, budgetSeconds = 0 }) =>
        `${name}: ${seconds.toFixed(1)} s, its line allows ${budgetSeconds.toFixed(1)} s`,
    );
  return [...late, ...over];
}

function writes(input: ReportInput, counts: DrillReport['writes']): readonly string[] {
  const { lost, duplicateEffects, unfulfilled, unacknowledged } = counts;
  const { settings, timeScale, mode, ledger } = input;
  const rpo = settings.objectives.rpoSeconds / timeScale;
  const within = mode === 'failover' && (ledger?.rpoSeconds ?? 0) <= rpo;
  const why =
    mode === 'failover'
      ? `over ${(ledger?.rpoSeconds ?? 0).toFixed(1)} s; the RPO allows ${rpo.toFixed(1)} s`
      : `a ${mode} loses none`;
  const told: readonly (readonly [number | null, string])[] = [
    [within ? 0 : lost, `acknowledged writes are lost; ${why}`],
    [unacknowledged, 'writes were never acknowledged'],
    [duplicateEffects, 'duplicate effects'],
    [unfulfilled, 'orders are not fulfilled'],
  ];
  const missed = told.flatMap(([count, what]) => (count === null || count === 0 ? [] : [`${count} ${what}`]));
  return input.ledger === undefined || input.ledger.complete
    ? missed
    : [...missed, 'the ledger could not be verified to its end: unknown is not clean'];
}

function calls(forbidden: DrillReport['forbiddenCalls']): readonly string[] {
  const names = new Set(forbidden.map(call => `${call.service} ${call.action}`));
  return names.size === 0 ? [] : [`calls to global control planes: ${[...names].join(', ')}`];
}
