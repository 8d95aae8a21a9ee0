import { escapeHtml } from '../../html';
import { PHASES } from '../plan/plan-steps';
import type { DrillReport } from './report';

const WIDTH = 960;
const LEFT = 110;
const CHART = 150;
const LANE = 22;
const AXIS = 24;

/**
 * A drill as a picture: what clients saw second by second, stacked by the Region that answered, above the phases as they
 * ran. Nothing when there is nothing to draw. The same figures stand in the tables beside it.
 */
export function timelinePicture(report: DrillReport): string | undefined {
  const scale = scaleOf(report);
  if (scale === undefined) return undefined;
  const lanes = PHASES.filter(phase => report.timeline.steps.some(step => step.phase === phase));
  const height = CHART + AXIS + lanes.length * LANE + AXIS;
  const title = `Writes acknowledged by ${report.from} and ${report.to}, failed requests, and the phases of the drill over ${Math.round(scale.seconds)} seconds`;
  return [
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="timeline-title">`,
    `<title id="timeline-title">${escapeHtml(title)}</title>`,
    ...bars(report, scale),
    ...lagLines(report, scale),
    ...laneRows(report, scale, lanes),
    ...ticks(scale, height),
    '</svg>',
  ].join('\n');
}

interface Scale {
  readonly from: number;
  readonly seconds: number;
  readonly x: (at: number) => number;
}

function scaleOf({ timeline }: DrillReport): Scale | undefined {
  const times = [
    ...timeline.samples.map(sample => Date.parse(sample.at)),
    ...timeline.steps.flatMap(step => [step.from, step.to ?? step.from].map(at => Date.parse(at))),
    ...(timeline.from === null ? [] : [Date.parse(timeline.from)]),
  ];
  const [from, to] = [Math.min(...times), Math.max(...times) + 1000];
  if (!Number.isFinite(from)) return undefined;
  const seconds = (to - from) / 1000;
  return { from, seconds, x: at => LEFT + ((at - from) / 1000 / seconds) * (WIDTH - LEFT - 10) };
}

/** One bar a second: the old Region, the new one and failures on top of each other. */
function bars({ timeline, from, to }: DrillReport, scale: Scale): string[] {
  const most = Math.max(1, ...timeline.samples.map(sample => total(sample) + sample.failed));
  const width = Math.max(1, (WIDTH - LEFT - 10) / scale.seconds - 1);
  const drawn = timeline.samples.flatMap(sample => {
    let base = CHART;
    const parts: [string, number][] = [
      ['old', sample.acknowledged[from] ?? 0],
      ['new', sample.acknowledged[to] ?? 0],
      ['failed', sample.failed],
    ];
    return parts.flatMap(([name, count]) => {
      const high = (count / most) * (CHART - 10);
      base -= high;
      return count === 0 ? [] : [rect(name, scale.x(Date.parse(sample.at)), base, width, high)];
    });
  });
  return [
    `<text x="${LEFT - 8}" y="14" class="label">${most} a second</text>`,
    `<text x="${LEFT - 8}" y="${CHART}" class="label">0</text>`,
    ...drawn,
  ];
}

/** The lag as a line over the bars, broken where the replica changes or nobody could tell; its own scale stands beside it. */
function lagLines({ timeline }: DrillReport, scale: Scale): string[] {
  const most = Math.max(0, ...timeline.lag.map(({ seconds }) => seconds ?? 0));
  const lines: { region: string; points: string[] }[] = [];
  let open: { region: string; points: string[] } | undefined;
  for (const { at, region, seconds } of timeline.lag) {
    if (seconds === null) {
      open = undefined;
      continue;
    }
    if (open?.region !== region) {
      open = { region, points: [] };
      lines.push(open);
    }
    const y = CHART - (most === 0 ? 0 : (seconds / most) * (CHART - 10));
    open.points.push(`${scale.x(Date.parse(at)).toFixed(1)},${y.toFixed(1)}`);
  }
  if (lines.length === 0) return [];
  return [
    `<text x="${LEFT - 8}" y="30" class="label">lag to ${most.toFixed(1)} s</text>`,
    ...lines.map(({ points }) => `<polyline class="lag" points="${points.join(' ')}"/>`),
  ];
}

const total = (sample: { readonly acknowledged: Readonly<Record<string, number>> }): number =>
  Object.values(sample.acknowledged).reduce((sum, count) => sum + count, 0);

function laneRows({ timeline }: DrillReport, scale: Scale, lanes: readonly string[]): string[] {
  return lanes.flatMap((phase, lane) => {
    const top = CHART + AXIS + lane * LANE;
    const steps = timeline.steps.filter(step => step.phase === phase);
    return [
      `<text x="${LEFT - 8}" y="${top + LANE - 8}" class="label">${phase}</text>`,
      ...steps.map(({ from, to }) => {
        const [start, end] = [Date.parse(from), Date.parse(to ?? from)];
        const width = Math.max(2, scale.x(end) - scale.x(start));
        return rect(to === undefined ? 'open' : 'phase', scale.x(start), top + 3, width, LANE - 6);
      }),
    ];
  });
}

function ticks(scale: Scale, height: number): string[] {
  const step = [1, 2, 5, 10, 30, 60, 300, 600, 3600].find(size => scale.seconds / size <= 12) ?? 3600;
  const marks: string[] = [];
  for (let second = 0; second <= scale.seconds; second += step) {
    const x = scale.x(scale.from + second * 1000).toFixed(1);
    marks.push(`<line x1="${x}" x2="${x}" y1="0" y2="${height - AXIS}" class="grid"/>`);
    marks.push(`<text x="${x}" y="${height - 6}" class="tick">${second} s</text>`);
  }
  return marks;
}

const rect = (name: string, x: number, y: number, width: number, height: number): string =>
  `<rect class="${name}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"/>`;
