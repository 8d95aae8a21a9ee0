import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { formatLab, type LabRun, watchRun } from '../../bench/lab';
import { FamilyMemory, familyOf, keyOf, parseStat, proportionalBytes } from '../../bench/process-memory';
import { interleave, median, pairedRatio } from '../../bench/statistics';
import { formatSynth } from '../../bench/synth';

describe('statistics', () => {
  test('half of the values lie on either side of the median', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 }), values => {
        const middle = median(values);
        expect(values.filter(value => value < middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter(value => value > middle).length).toBeLessThanOrEqual(values.length / 2);
      }),
    );
    expect(() => median([])).toThrow(/no values/);
  });

  test('a machine that slows both sides of a pair moves no ratio', () => {
    const slow = [1, 4, 2, 8, 1];
    const baseline = slow.map(factor => factor * 10);
    const twice = slow.map(factor => factor * 20);
    expect(pairedRatio(twice, baseline)).toBe(2);
    expect(() => pairedRatio([1], [1, 2])).toThrow(/1 runs against 2/);
  });

  test('subjects run in turn, and the first round does not count', async () => {
    const order: string[] = [];
    const subject = (name: string) => async () => order.push(name);
    const results = await interleave({ a: subject('a'), b: subject('b') }, 2);
    expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect(results).toEqual({ a: [3, 5], b: [4, 6] });
  });
});

describe('the synth section', () => {
  const cost = (wallMilliseconds: number, peakMegabytes: number) => [
    { wallMilliseconds, cpuMilliseconds: 2 * wallMilliseconds, peakMegabytes },
  ];
  const resources = { plain: 300, bare: 302, blueprint: 302 };

  test('shows absolute figures, ratios, and whether the limit is kept', () => {
    const costs = { plain: cost(800, 100), bare: cost(1000, 120), blueprint: cost(1200, 150) };
    const text = formatSynth(costs, resources);
    expect(text).toMatch(/plain CDK app +\| 300 +\| 0\.80 s \| 1\.60 s \| 100 MB/);
    expect(text).toMatch(/blueprint \/ plain +\| 1\.50 \| 1\.50 \| 1\.50/);
    expect(text).toMatch(/1\.50 s and 200 MB; within$/);
  });

  test.each([
    ['slow', cost(1500, 150)],
    ['large', cost(1000, 200)],
  ])('a %s app is over the limit', (_what, blueprint) => {
    const costs = { plain: cost(800, 100), bare: cost(1000, 120), blueprint };
    expect(formatSynth(costs, resources)).toMatch(/; OVER$/);
  });
});

describe('memory of a family of processes', () => {
  const line = (pid: number, parent: number) => ({ pid, parent, startTime: `${pid}` });

  test('a name with spaces and brackets is no field', () => {
    const rest = Array.from({ length: 18 }, (_value, index) => `${index}`).join(' ');
    expect(parseStat(`42 (a b) c) S 7 ${rest} 99`)).toEqual({ pid: 42, parent: 7, startTime: '17' });
  });

  test('holds children’s children, and a daemon that gave itself to another parent', () => {
    const processes = [line(1, 0), line(10, 1), line(11, 10), line(12, 11), line(20, 1), line(21, 20)];
    const pids = (known: ReadonlySet<string>) => familyOf(10, processes, known).map(({ pid }) => pid);
    expect(pids(new Set())).toEqual([10, 11, 12]);
    expect(pids(new Set([keyOf(line(20, 10))]))).toEqual([10, 11, 12, 20, 21]);
    expect(pids(new Set(['20:before']))).toEqual([10, 11, 12]);
  });

  test('counts this process where the system shows its processes', () => {
    const memory = new FamilyMemory(process.pid);
    if (process.platform !== 'linux') return expect(() => memory.look()).toThrow();
    memory.look();
    expect(memory.peakBytes).toBeGreaterThan(20e6);
    expect(memory.peakProcesses).toBeGreaterThanOrEqual(1);
    expect(proportionalBytes(0)).toBe(0);
  });
});

test('the lab section keeps the first run and the later ones apart', () => {
  const run = (kind: LabRun['kind'], wallSeconds: number): LabRun => ({
    kind,
    wallSeconds,
    peakBytes: 2 ** 31,
    peakProcesses: 40,
  });
  const text = formatLab([run('first', 200), run('after', 90), run('after', 110)]);
  expect(text).toMatch(/first time +\| 1 +\| 200 s \| 300 s \| 2\.00 GiB/);
  expect(text).toMatch(/after +\| 2 +\| 100 s \| 120 s/);
});

describe('a watched run', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'holdfast-watch-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const inNode = (script: string, onLook?: (memory: FamilyMemory) => void) =>
    watchRun(home, ['-e', script], onLook);

  test('counts the memory of what it starts, and is the first where no Python was installed', async () => {
    if (process.platform !== 'linux') return;
    // The child holds 100 MB until they were seen.
    const seen = path.join(home, 'seen');
    const child = `
      const held = Buffer.alloc(1e8, 1);
      setInterval(() => require('node:fs').existsSync(${JSON.stringify(seen)}) && process.exit(held[0] - 1), 20);
    `;
    const parent = `
      require('node:child_process')
        .spawn(process.execPath, ['-e', ${JSON.stringify(child)}])
        .on('exit', () => process.stdout.write('{}'));
    `;
    const run = await inNode(parent, memory => {
      if (memory.peakBytes > 1e8) writeFileSync(seen, '');
    });
    expect(run).toMatchObject({ kind: 'first', peakProcesses: 2 });
    expect(run.peakBytes).toBeGreaterThan(1e8);
  });

  test('gives no figure when it fails or leaves no document', async () => {
    await expect(inNode('process.exit(2)')).rejects.toThrow(/ended with 2/);
    await expect(inNode('')).rejects.toThrow(/JSON/);
  });
});
