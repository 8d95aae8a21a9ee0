import { errorBudget, type ServiceLevelSpec } from '../../../regions';
import { escapeHtml } from '../../html';
import type { ServiceLevelHistory } from './history';
import { judgeLevels } from './judge';

const WIDTH = 720;
const HEIGHT = 160;
const LEFT = 56;
const BOTTOM = 22;

/** Share of the budget that was spent, at the end of each day, as a picture with the line at which all of it is. */
export function budgetChart(level: ServiceLevelSpec, history: ServiceLevelHistory, id: string): string {
  const points = spentByDay(level, history);
  const most = Math.max(1.2, ...points.map(({ spent }) => Math.min(spent, 5)));
  const x = (index: number) => LEFT + (index / Math.max(1, points.length - 1)) * (WIDTH - LEFT - 10);
  const y = (spent: number) => (1 - Math.min(spent, most) / most) * (HEIGHT - BOTTOM - 8) + 8;
  const line = points.map(({ spent }, index) => `${x(index).toFixed(1)},${y(spent).toFixed(1)}`).join(' ');
  const last = points.at(-1)?.spent ?? 0;
  const title = `Error budget of ${level.name} (${(errorBudget(level) * 100).toPrecision(2)} %): ${(last * 100).toFixed(0)} % spent at the end, at most ${(Math.max(0, ...points.map(({ spent }) => spent)) * 100).toFixed(0)} %`;
  const ends = [points[0]?.day, points.at(-1)?.day].map(day => escapeHtml(day ?? ''));
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}"><title id="${id}">${escapeHtml(title)}</title>`,
    `<line class="grid" x1="${LEFT}" x2="${WIDTH - 10}" y1="${y(0)}" y2="${y(0)}"/>`,
    `<line class="limit" x1="${LEFT}" x2="${WIDTH - 10}" y1="${y(1)}" y2="${y(1)}"/>`,
    `<text x="${LEFT - 6}" y="${y(1) + 4}" class="label">100 %</text><text x="${LEFT - 6}" y="${y(0) + 4}" class="label">0</text>`,
    `<polyline class="spent" points="${line}"/>`,
    `<text x="${LEFT}" y="${HEIGHT - 4}">${ends[0]}</text><text x="${WIDTH - 10}" y="${HEIGHT - 4}" class="label">${ends[1]}</text>`,
    '</svg>',
  ].join('\n');
}

/** What was spent of the window that ended with each day. */
export function spentByDay(
  level: ServiceLevelSpec,
  { from, to, ...rest }: ServiceLevelHistory,
): readonly { readonly day: string; readonly spent: number }[] {
  const days: { day: string; spent: number }[] = [];
  for (let end = Date.parse(from) + 86_400_000; end <= Date.parse(to); end += 86_400_000) {
    const [standing] = judgeLevels([level], { from, to, ...rest }, new Date(end));
    days.push({ day: new Date(end - 1).toISOString().slice(0, 10), spent: standing?.spent ?? 0 });
  }
  return days;
}
