import type { DrillReport, ReportInput } from './report';

/** Objectives that were missed, in words. One is enough for the exit code of a drill that is done. */
export function missedObjectives(
  input: ReportInput,
  figures: Pick<DrillReport, 'rtoSeconds' | 'writes' | 'phases' | 'forbiddenCalls'>,
): readonly string[] {
  return [...times(input, figures), ...writes(input, figures.writes), ...calls(figures.forbiddenCalls)];
}

/** The RTO, and each phase by its line of the budget, where one process drove all of it. */
function times(
  { settings, timeScale }: ReportInput,
  { rtoSeconds, phases }: Pick<DrillReport, 'rtoSeconds' | 'phases'>,
): readonly string[] {
  const rto = settings.objectives.rtoSeconds / timeScale;
  const late =
    rtoSeconds !== null && rtoSeconds > rto
      ? [`RTO: ${rtoSeconds.toFixed(1)} s, promised ${rto.toFixed(1)} s`]
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
  const told: readonly (readonly [number | null, string])[] = [
    [lost, 'acknowledged writes are lost; a switchover loses none'],
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
