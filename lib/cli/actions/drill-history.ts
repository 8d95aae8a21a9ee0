import path from 'node:path';
import { type DrillHistory, drillHistory } from '../../drill';
import { type CommandContext, type CommandResult, EXIT } from '../context';
import { table } from '../table';

/** The drills whose reports lie in this project. Exit 1 when one of them cannot be read: it is not known to be fine. */
export function history({ projectRoot }: CommandContext): CommandResult {
  const found = drillHistory(path.join(projectRoot, 'out', 'drills'));
  const exitCode = found.unreadable.length === 0 ? EXIT.good : EXIT.failed;
  return { exitCode, document: found, text: formatHistory(found) };
}

const figure = (value: number | null): string => (value === null ? '-' : value.toFixed(1));

/** The drills as a table, then what can be compared. */
export function formatHistory({ drills, trends, unreadable }: DrillHistory): string {
  if (drills.length === 0 && unreadable.length === 0) return 'no drill was run from here yet';
  const rows = drills.map(drill => [
    drill.id,
    `${drill.home === undefined ? '' : `${drill.home}: `}${drill.from} to ${drill.to}`,
    drill.outcome,
    figure(drill.rtoSeconds),
    figure(drill.rpoSeconds),
    drill.lost === null ? '-' : String(drill.lost),
    drill.missed.length === 0 ? '-' : drill.missed.join('; '),
  ]);
  const lines = trends.map(
    ({
      mode,
      target,
      home,
      timeScale,
      drills: count,
      medianRtoSeconds,
      lastRtoSeconds,
      lastAgainstMedian,
    }) => {
      const against =
        lastAgainstMedian === null ? '' : `, ${lastAgainstMedian.toFixed(2)}x the median of those before`;
      return `${mode}${home === undefined ? '' : ` of home ${home}`} (${target}, ${timeScale}x): ${count} done, median RTO ${medianRtoSeconds.toFixed(1)} s, last ${lastRtoSeconds.toFixed(1)} s${against}`;
    },
  );
  return [
    table(['drill', 'move', 'outcome', 'RTO s', 'RPO s', 'lost', 'missed'], rows),
    ...lines,
    ...unreadable.map(id => `not readable: ${id}`),
  ].join('\n');
}
