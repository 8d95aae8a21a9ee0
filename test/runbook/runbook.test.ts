import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from '../../lib/cli/program';
import {
  allRunbooks,
  RUNBOOK_IDS,
  runbook,
  runbookHtml,
  runbookMarkdown,
  stepOfAlarm,
} from '../../lib/runbook';
import { loadTopology } from '../../regions';
import orders from '../../regions/examples/orders';
import { contextAt } from '../helpers/cli-context';
import { wrongWith } from '../helpers/command-check';
import { templatesOf } from '../stacks/example';

const topology = loadTopology(orders);
const books = allRunbooks(topology);

test('every Region has every runbook, and speaks of itself', () => {
  expect(books).toHaveLength(2 * RUNBOOK_IDS.length);
  const east = runbookMarkdown(runbook(topology, 'evacuate', 'us-east-2'));
  expect(east).toContain('npx holdfast drill failover --to us-west-2 --target aws --accept-data-loss');
  const west = runbookMarkdown(runbook(topology, 'evacuate', 'us-west-2'));
  expect(west).toContain('npx holdfast drill failover --to us-east-2 --target aws --accept-data-loss');
});

const commands = [...new Set(books.flatMap(({ steps }) => steps.flatMap(step => step.commands ?? [])))];

test.each(commands)('can be typed: %s', command => {
  expect(wrongWith(command)).toBeUndefined();
});

test.each([
  ['npx holdfast drill teleport --to us-west-2', 'teleport is no command of drill'],
  ['npx holdfast drill switchover', 'switchover wants --to'],
  ['npx holdfast drill switchover --to us-west-2 --force', 'switchover has no --force'],
  ['npx holdfast jobs list --state lost', '--state cannot be lost'],
  ['aws rds promote-everything --region us-east-2', 'rds has no promote-everything'],
  ['aws rds describe-db-clusters --cluster orders', 'describe-db-clusters has no --cluster'],
  ['rm -rf /', 'rm is no program of ours, the CDK or AWS'],
])('what cannot be typed is found: %s', (command, wrong) => {
  expect(wrongWith(command)).toBe(wrong);
});

test('ids of steps are those of one runbook once, and every step has an owner and something to see', () => {
  for (const { steps } of books) {
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
    for (const { owner, act, expect: seen } of steps) {
      expect(owner).toMatch(/\w/);
      expect(act).toMatch(/[.:?]$|\w$/);
      expect(seen).toMatch(/\w/);
    }
  }
});

test('every runbook and guide that a step names is there', () => {
  const text = JSON.stringify(books);
  for (const [, id] of text.matchAll(/runbook ([a-z]+-[a-z-]+)/g)) expect(RUNBOOK_IDS).toContain(id);
  for (const [, file] of text.matchAll(/(docs\/[a-z-]+\.md)/g))
    expect(readFileSync(file ?? '', 'utf8')).toBeTruthy();
});

describe('alarms', () => {
  const alarms = Object.values(templatesOf()).flatMap(({ Resources }) =>
    Object.entries(Resources).flatMap(([id, { Type, Properties }]) =>
      /^AWS::CloudWatch::(Composite)?Alarm$/.test(Type) && !onlyScales(Resources, Properties)
        ? [String(Properties.AlarmName ?? id)]
        : [],
    ),
  );

  /** What turns a scaling policy alone tells nobody. */
  function onlyScales(
    resources: Readonly<Record<string, { readonly Type: string }>>,
    properties: object,
  ): boolean {
    const { AlarmActions = [] } = properties as {
      readonly AlarmActions?: readonly { readonly Ref?: string }[];
    };
    const scaling = AlarmActions.filter(
      ({ Ref = '' }) => resources[Ref]?.Type === 'AWS::AutoScaling::ScalingPolicy',
    );
    return scaling.length > 0 && scaling.length === AlarmActions.length;
  }

  test('every alarm of the blueprint leads to a step that is there', () => {
    expect(alarms.length).toBeGreaterThan(50);
    const lost = alarms.filter(alarm => {
      const found = stepOfAlarm(alarm);
      if (found === undefined) return true;
      const book = runbook(topology, found.runbook, 'us-east-2');
      return !book.steps.some(({ id }) => id === found.step);
    });
    expect(lost).toEqual([]);
  });

  test('an alarm that nobody thought of leads nowhere', () => {
    expect(stepOfAlarm('orders-coffee-is-out')).toBeUndefined();
  });
});

test('HTML holds the same, escaped, and loads nothing', () => {
  const page = runbookHtml(runbook(topology, 'bad-release', 'us-east-2'));
  expect(page).toContain('&lt;id&gt;');
  expect(page).not.toMatch(/<script|src=|https?:\/\//);
  const hostile = runbookHtml({
    ...runbook(topology, 'evacuate', 'us-east-2'),
    title: '<img src=x onerror=alert(1)>',
  });
  expect(hostile).not.toContain('<img');
});

describe('holdfast runbook', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'holdfast-runbook-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const run = async (...words: string[]) => {
    const context = contextAt(folder);
    const file = path.resolve('regions/examples/orders.ts');
    await runProgram(context, ['node', 'holdfast', '--topology', file, 'runbook', ...words]);
    return { code: context.ended.code, text: context.printed.join(''), said: context.emitted.join('') };
  };

  test('what was written is clean until it is changed, lost, or more', async () => {
    expect(await run('check')).toMatchObject({ code: 2 });
    expect(await run('write')).toMatchObject({ code: 0, text: `wrote ${4 * RUNBOOK_IDS.length} files\n` });
    expect(await run('check')).toMatchObject({ code: 0 });
    const file = path.join(folder, 'runbooks/us-east-2/evacuate.md');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n`);
    rmSync(path.join(folder, 'runbooks/us-west-2/rotate-key.html'));
    writeFileSync(path.join(folder, 'runbooks/us-west-2/own.md'), 'ours');
    const document = JSON.parse((await run('check', '--json')).text);
    expect(document).toMatchObject({ verdict: 'stale', checked: 4 * RUNBOOK_IDS.length });
    expect(document.findings.map(({ state }: { state: string }) => state).sort()).toEqual([
      'changed',
      'left over',
      'missing',
    ]);
  });

  test('an alarm or a level leads to its runbook, and to the step at which it begins', async () => {
    const document = JSON.parse((await run('show', '--alarm', 'orders-slo-place-order-fast', '--json')).text);
    expect(document).toMatchObject({ id: 'service-level', region: 'us-east-2', begin: 'budget' });
    expect((await run('show', '--level', 'outside', '--region', 'us-west-2')).text).toContain(
      'burns in us-west-2',
    );
  });

  test.each([
    [['show', 'fly'], 'no runbook fly'],
    [['show'], 'holdfast runbook list'],
    [['show', 'evacuate', '--region', 'eu-west-9'], 'no Region eu-west-9'],
    [['show', '--alarm', 'coffee'], 'no runbook knows the alarm coffee'],
  ])('%p ends with 1 and says why', async (words, said) => {
    expect(await run(...words)).toMatchObject({ code: 1, said: expect.stringContaining(said) });
  });

  test('list names each with its time', async () => {
    expect((await run('list')).text).toMatch(/evacuate +.*is lost/);
  });
});
