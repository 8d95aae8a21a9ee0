import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from '../../../lib/cli/program';
import { diagramMermaid, diagramOf, diagramSvg } from '../../../lib/operations';
import { loadTopology } from '../../../regions';
import orders from '../../../regions/examples/orders';
import { contextAt } from '../../helpers/cli-context';
import { elementsOf } from '../../helpers/xml';

const topology = loadTopology(orders);
const live = { region: 'us-west-2', epoch: 7, phase: 'active' };

test('roles are unknown until the register was read, and then exactly one Region is active', () => {
  expect(diagramOf(topology).regions.map(({ role }) => role)).toEqual(['unknown', 'unknown']);
  expect(diagramOf(topology).rolesFrom).toContain('not read');
  const now = diagramOf(topology, live);
  expect(now.regions.map(({ name, role }) => [name, role])).toEqual([
    ['us-east-2', 'standby'],
    ['us-west-2', 'active'],
  ]);
  expect(now.register).toEqual({
    kind: 'strong',
    holders: ['us-east-2', 'us-west-2', 'us-east-1'],
    witness: 'us-east-1',
    epoch: 7,
    phase: 'active',
  });
});

test('figures are those of the topology', () => {
  const [seed] = diagramOf(topology).regions;
  const detail = (id: string) => seed?.parts.find(part => part.id === id)?.detail;
  expect(detail('clones')).toBe('2 at least, 2 when active, 12 at most a colour');
  expect(detail('database')).toBe('2 of db.r7g.large, PostgreSQL 16.6');
});

test('mermaid: a box for each part, edges only between boxes that exist, quotes harmless', () => {
  const text = diagramMermaid(diagramOf(topology, live));
  const declared = new Set([...text.matchAll(/^\s+(?:subgraph )?(\w+)[[(]/gm)].map(match => match[1]));
  const used = [...text.matchAll(/(\w+) (?:-->|-\.->|<-\.->)(?:\|[^|]*\|)? (\w+)/g)].flatMap(match =>
    match.slice(1),
  );
  expect(declared.size).toBe(2 + 2 * 8); // clients and register; dns stands on an edge's line
  expect(used.filter(id => !declared.has(id) && id !== 'dns')).toEqual([]);
  expect(text).toContain('class us_west_2 active');
  const hostile = diagramMermaid({ ...diagramOf(topology), host: 'a"]; evil#' });
  expect(hostile).toContain('["a#quot;]; evil#35;"]');
});

test('an eventual register says in the picture what it cannot do', () => {
  const eventual = loadTopology({ ...orders, register: { kind: 'eventual' } });
  expect(diagramMermaid(diagramOf(eventual))).toContain('cannot fence a partition');
  expect(diagramSvg(diagramOf(eventual))).toContain('cannot fence a partition');
});

test.each([2, 3, 5])(
  'SVG of %i Regions is well-formed, says the same in words, and nothing overlaps',
  count => {
    const model = diagramOf(topology);
    const regions = Array.from({ length: count }, (_, index) => ({
      ...(model.regions[0] as (typeof model.regions)[0]),
      name: `eu-west-${index}`,
    }));
    const svg = diagramSvg({ ...model, regions, host: '<orders> & "co"' });
    const elements = elementsOf(svg);
    const desc = elements.find(({ name }) => name === 'desc')?.text;
    expect(desc).toContain('<orders> & "co"');
    for (const { name } of regions) expect(desc).toContain(`${name} (role not read`);
    const boxes = elements
      .filter(({ name, attributes }) => name === 'rect' && attributes.class === 'box')
      .map(({ attributes }) => ['x', 'y', 'width', 'height'].map(key => Number(attributes[key])));
    expect(boxes).toHaveLength(2 + 7 * count);
    for (const [index, one] of boxes.entries())
      for (const other of boxes.slice(index + 1)) expect(overlap(one, other)).toBe(false);
  },
);

function overlap([x1, y1, w1, h1]: number[], [x2, y2, w2, h2]: number[]): boolean {
  const [a, b, c, d] = [x1, y1, w1, h1].map(Number) as [number, number, number, number];
  const [e, f, g, h] = [x2, y2, w2, h2].map(Number) as [number, number, number, number];
  return a < e + g && e < a + c && b < f + h && f < b + d;
}

describe('holdfast diagram', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'holdfast-diagram-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const run = async (...words: string[]) => {
    const context = contextAt(folder);
    const file = path.resolve('regions/examples/orders.ts');
    await runProgram(context, ['node', 'holdfast', '--topology', file, 'diagram', ...words]);
    return { code: context.ended.code, text: context.printed.join(''), said: context.emitted.join('') };
  };

  test('prints mermaid, writes a file, and gives one document', async () => {
    expect(await run()).toMatchObject({ code: 0, text: expect.stringMatching(/^flowchart TB\n/) });
    expect(await run('--format', 'svg', '--out', 'picture.svg')).toMatchObject({ code: 0 });
    expect(readFileSync(path.join(folder, 'picture.svg'), 'utf8')).toContain('</svg>');
    const document = JSON.parse((await run('--json')).text);
    expect(document).toMatchObject({ version: 1, application: 'orders', format: 'mermaid' });
  });

  test('a folder that is not there, and a lab that does not run, end with 1 and the fix', async () => {
    const unwritable = await run('--out', 'nowhere/picture.mmd');
    expect(unwritable).toMatchObject({ code: 1, said: expect.stringContaining('a folder that exists') });
    expect(await run('--target', 'lab')).toMatchObject({
      code: 1,
      said: expect.stringContaining('holdfast up'),
    });
  });
});
