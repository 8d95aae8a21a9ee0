import { escapeHtml } from '../../html';
import { registerLine } from './mermaid';
import type { Diagram, DiagramPart, DiagramRegion } from './model';

const COLUMN = 330;
const GAP = 40;
const MARGIN = 24;
const BOX = 48;
const STEP = 70;
const TOP = 150;
const HEAD = 58;

const STYLE = `
  .ground { fill: #fff } .region { fill: #f6f8fa; stroke: #d0d7de } .active { stroke: #116329; stroke-width: 3 }
  .box { fill: #fff; stroke: #57606a } .line { fill: none; stroke: #57606a } .dashed { stroke-dasharray: 5 4 }
  text { font: 13px system-ui, sans-serif; fill: #1b1f24 } .small { font-size: 11px; fill: #57606a } .strong { font-weight: 600 }
  marker path { fill: #57606a }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } .region { fill: #161b22; stroke: #30363d } .active { stroke: #6fd685 }
    .box { fill: #0d1117; stroke: #9da7b1 } .line { stroke: #9da7b1 } text { fill: #e6edf3 } .small { fill: #9da7b1 }
    marker path { fill: #9da7b1 }
  }`;

/** The picture as one SVG document that needs nothing else, with a title and a description for screen readers. */
export function diagramSvg(diagram: Diagram): string {
  const { regions, host, application, register, rolesFrom } = diagram;
  const width = MARGIN * 2 + regions.length * COLUMN + (regions.length - 1) * GAP;
  const rows = Math.max(...regions.map(({ parts }) => parts.length));
  const bottom = TOP + HEAD + rows * STEP;
  const height = bottom + 130;
  const middle = width / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="diagram-title diagram-text">`,
    `<title id="diagram-title">${escapeHtml(`${application} in ${regions.map(({ name }) => name).join(', ')}`)}</title>`,
    `<desc id="diagram-text">${escapeHtml(describe(diagram))}</desc>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0 L8 4 L0 8 z"/></marker></defs>',
    `<rect class="ground" width="${width}" height="${height}"/>`,
    box(middle - 160, MARGIN, 320, 'clients', host),
    ...regions.map((_, index) => arrow(middle, MARGIN + BOX, centre(index), TOP, '')),
    ...regions.flatMap((region, index) => column(region, index, bottom)),
    ...regions.slice(1).map((_, index) => replication(index, rows)),
    ...regions.map((_, index) => arrow(centre(index), bottom + 34, centre(index), bottom + 10, ' dashed')),
    wide(MARGIN, bottom + 34, width - 2 * MARGIN, registerLine(register)),
    text(MARGIN, height - 18, 'small', rolesFrom),
    '</svg>',
    '',
  ].join('\n');
}

/** The same in words, for whoever cannot see it. */
export function describe({ regions, host, register, rolesFrom }: Diagram): string {
  const each = regions.map(
    region =>
      `${region.name} (${region.role === 'unknown' ? 'role not read' : region.role}${region.seed ? ', seed' : ''}; zones ${region.zones.join(', ')}) holds ${region.parts.map(({ title, detail }) => `${title}: ${detail}`).join('; ')}`,
  );
  return `Clients resolve ${host}. ${each.join('. ')}. The databases replicate. ${registerLine(register)}. ${rolesFrom}.`;
}

const left = (index: number): number => MARGIN + index * (COLUMN + GAP);
const centre = (index: number): number => left(index) + COLUMN / 2;
const rowTop = (row: number): number => TOP + HEAD + row * STEP;

function column(region: DiagramRegion, index: number, bottom: number): string[] {
  const x = left(index);
  const facts = [region.role === 'unknown' ? 'role not read' : region.role, ...(region.seed ? ['seed'] : [])];
  return [
    `<rect class="region${region.role === 'active' ? ' active' : ''}" x="${x}" y="${TOP}" width="${COLUMN}" height="${bottom - TOP + 10}" rx="8"/>`,
    text(x + 12, TOP + 22, 'strong', `${region.name}, ${facts.join(', ')}`),
    text(x + 12, TOP + 42, 'small', fitted(region.zones.join(', '))),
    ...region.parts.map((part, row) => partBox(part, x, rowTop(row))),
  ];
}

const partBox = ({ title, detail }: DiagramPart, x: number, y: number): string =>
  box(x + 12, y, COLUMN - 24, title, detail);

function replication(index: number, rows: number): string {
  const y = rowTop(rows - 1) + BOX / 2;
  return `<path class="line dashed" marker-start="url(#tip)" marker-end="url(#tip)" d="M${left(index) + COLUMN - 12} ${y} H${left(index + 1) + 12}"/>`;
}

const box = (x: number, y: number, width: number, title: string, detail: string): string =>
  [
    `<rect class="box" x="${x}" y="${y}" width="${width}" height="${BOX}" rx="5"/>`,
    text(x + 10, y + 20, '', title),
    text(x + 10, y + 37, 'small', fitted(detail)),
  ].join('');

const wide = (x: number, y: number, width: number, title: string): string =>
  `<rect class="box" x="${x}" y="${y}" width="${width}" height="36" rx="5"/>${text(x + 10, y + 22, '', title)}`;

const arrow = (x1: number, y1: number, x2: number, y2: number, more: string): string =>
  `<path class="line${more}" marker-end="url(#tip)" d="M${x1} ${y1} L${x2} ${y2}"/>`;

const text = (x: number, y: number, name: string, words: string): string =>
  `<text${name === '' ? '' : ` class="${name}"`} x="${x}" y="${y}">${escapeHtml(words)}</text>`;

/** A line of small text as long as a box takes; what does not fit stands whole in the description. */
const fitted = (words: string): string => (words.length <= 52 ? words : `${words.slice(0, 51)}…`);
