import * as fc from 'fast-check';
import { classify } from '../../lib/drift/classify/classify';
import type { DriftRule } from '../../lib/drift/classify/rule';
import type { Difference, Finding, ResourceChange } from '../../lib/drift/model';
import { exitCodeOf, reportOf } from '../../lib/drift/verdict';

const difference = (path: string, more: Partial<Difference> = {}): Difference => ({
  path,
  before: 1,
  after: 2,
  ...more,
});

function changeOf(more: Partial<ResourceChange> = {}): ResourceChange {
  return {
    ...{ region: 'us-east-2', stack: 'data', resource: 'Cluster', type: 'AWS::RDS::DBCluster' },
    ...{ source: 'template', action: 'update', before: {}, after: {} },
    differences: [difference('Properties.A')],
    ...more,
  };
}

function rule(more: Partial<DriftRule> & Pick<DriftRule, 'class' | 'judge'>): DriftRule {
  return { id: 'some-rule', title: 't', why: 'w', fix: 'f', source: 's', ...more };
}

const judged = (change: ResourceChange, ...rules: DriftRule[]) =>
  classify([{ checked: 1, changes: [change], unchecked: [] }], rules, {});
const classes = (findings: readonly Finding[]) => findings.map(each => `${each.class} ${each.path}`).sort();

const noise = (...paths: string[]) => rule({ class: 'noise', judge: () => ({ holds: 'yes', paths }) });

test('what no rule speaks of is a change, one finding a property', () => {
  const differences = ['Properties.A.x', 'Properties.A.y', 'Properties.B[0]', 'UpdatePolicy.C'].map(path =>
    difference(path),
  );
  expect(classes(judged(changeOf({ differences })))).toEqual([
    'change Properties.A',
    'change Properties.B',
    'change UpdatePolicy',
  ]);
});

test('what is explained away is seen by no other rule, and is told', () => {
  const seen: string[][] = [];
  const danger = rule({
    class: 'danger',
    judge: ({ differences }) => {
      seen.push(differences.map(({ path }) => path));
      return undefined;
    },
  });
  const change = changeOf({ differences: [difference('Properties.A'), difference('Properties.B')] });
  expect(classes(judged(change, noise('Properties.A'), danger))).toEqual([
    'change Properties.B',
    'noise Properties.A',
  ]);
  expect(seen).toEqual([['Properties.B']]);
});

test('a replacement, a creation and a deletion are explained away only by a rule that may', () => {
  const replacing = changeOf({
    action: 'replace',
    differences: [difference('Properties.A', { replaces: 'yes' })],
  });
  expect(classes(judged(replacing, noise('Properties.A')))).toEqual(['change Properties.A']);
  for (const action of ['create', 'delete'] as const) {
    const whole = rule({ class: 'expected', judge: () => ({ holds: 'yes' }) });
    const change = changeOf({ action, differences: [] });
    expect(classes(judged(change, whole))).toEqual(['change ']);
    expect(classes(judged(change, { ...whole, explainsReplacement: true }))).toEqual(['expected ']);
  }
  expect(classes(judged(replacing, { ...noise('Properties.A'), explainsReplacement: true }))).toEqual([
    'noise Properties.A',
  ]);
  const tainted = { ...replacing, source: 'terraform' } as const;
  expect(classes(judged(tainted, { ...noise('Properties.A'), explainsReplacement: true }))).toEqual([
    'change ',
    'noise Properties.A',
  ]);
});

test('what only may hold is unknown, and hides nothing', () => {
  const perhaps = rule({ class: 'expected', judge: () => ({ holds: 'perhaps', paths: ['Properties.A'] }) });
  expect(classes(judged(changeOf(), perhaps))).toEqual(['change Properties.A', 'unknown Properties.A']);
});

test('a danger takes the place of the plain change, and stands beside others', () => {
  const danger = rule({ class: 'danger', judge: () => ({ holds: 'yes', paths: ['Properties.A'] }) });
  const change = changeOf({ differences: [difference('Properties.A'), difference('Properties.B')] });
  expect(classes(judged(change, danger))).toEqual(['change Properties.B', 'danger Properties.A']);
});

test('a value that is decided at deploy is unknown', () => {
  const change = changeOf({
    differences: [difference('Properties.A', { after: undefined, unknownAfter: true })],
  });
  expect(classes(judged(change))).toEqual(['unknown Properties.A']);
});

test('a rule hears only of its types', () => {
  const cluster = { ...noise('Properties.A'), types: ['AWS::RDS::*'] };
  expect(classes(judged(changeOf(), cluster))).toEqual(['noise Properties.A']);
  expect(classes(judged(changeOf({ type: 'AWS::S3::Bucket' }), cluster))).toEqual(['change Properties.A']);
});

test('what could not be checked is a finding, and never clean', () => {
  const place = { region: '-', stack: 'data', resource: 'X', type: 'T', source: 'probe' } as const;
  const findings = classify(
    [{ checked: 3, changes: [], unchecked: [{ ...place, why: 'denied', fix: 'allow' }] }],
    [],
    {},
  );
  const report = reportOf(3, findings);
  expect(report.verdict).toBe('unchecked');
  expect(report.counts).toMatchObject({ checked: 3, unchecked: 1 });
  expect([exitCodeOf(report.counts, 'danger'), exitCodeOf(report.counts, 'any')]).toEqual([1, 2]);
});

test('the verdict is the worst, and the exit code follows the limit that was set', () => {
  const of = (...found: Finding['class'][]) =>
    reportOf(
      1,
      found.map((each, at) => ({ ...judged(changeOf({ resource: `R${at}` }))[0], class: each }) as Finding),
    );
  expect(of('noise', 'expected').verdict).toBe('clean');
  expect(of('change', 'noise').verdict).toBe('changes');
  expect(of('change', 'unknown').verdict).toBe('unchecked');
  expect(of('unknown', 'danger').verdict).toBe('danger');
  const exits = (counts: Parameters<typeof exitCodeOf>[0]) =>
    (['danger', 'change', 'any'] as const).map(limit => exitCodeOf(counts, limit));
  expect(exits(of('noise').counts)).toEqual([0, 0, 0]);
  expect(exits(of('expected').counts)).toEqual([0, 0, 2]);
  expect(exits(of('change').counts)).toEqual([0, 2, 2]);
  expect(exits(of('danger').counts)).toEqual([2, 2, 2]);
  expect(exits(of('unknown', 'change').counts)).toEqual([1, 2, 2]);
});

test('no order of changes changes the report, and every difference is in a finding', () => {
  const letters = fc.constantFrom('A', 'B', 'C.x', 'C.y', 'D[0]');
  const changes = fc.uniqueArray(
    fc.record({ resource: fc.string({ maxLength: 3 }), paths: fc.uniqueArray(letters, { minLength: 1 }) }),
    { selector: each => each.resource, maxLength: 6 },
  );
  fc.assert(
    fc.property(changes, fc.nat(), (given, seed) => {
      const all = given.map(({ resource, paths }) =>
        changeOf({ resource, differences: paths.map(path => difference(`Properties.${path}`)) }),
      );
      const turned = [
        ...all.slice(seed % (all.length || 1)),
        ...all.slice(0, seed % (all.length || 1)),
      ].reverse();
      const report = (list: readonly ResourceChange[]) =>
        reportOf(1, classify([{ checked: 1, changes: list, unchecked: [] }], [noise('Properties.A')], {}));
      expect(report(turned)).toEqual(report(all));
      const { findings } = report(all);
      return all.every(change =>
        change.differences.every(({ path }) =>
          findings.some(each => each.resource === change.resource && path.startsWith(each.path)),
        ),
      );
    }),
  );
});

test.each<[string, () => unknown, RegExp]>([
  [
    'throws',
    () => {
      throw new Error('no such thing');
    },
    /rule mine failed.*no such thing/,
  ],
  [
    'throws a text',
    () => {
      throw 'text';
    },
    /text/,
  ],
  ['gives a word', () => 'yes', /no verdict/],
  ['gives a verdict that holds by a word of its own', () => ({ holds: 'sure' }), /no verdict/],
  ['gives paths that are none', () => ({ holds: 'yes', paths: 'Properties.A' }), /no verdict/],
  ['gives a list with nothing in it', () => [null], /no verdict/],
])('a rule that %s is told as not checked, and the others judge on', (_what, judge, why) => {
  for (const level of ['noise', 'danger'] as const) {
    const mine = rule({ id: 'mine', class: level, judge: judge as DriftRule['judge'] });
    const other = rule({
      id: 'other',
      class: 'danger',
      judge: () => ({ holds: 'yes', paths: ['Properties.A'] }),
    });
    const found = judged(changeOf(), mine, other);
    expect(found.map(each => `${each.class} ${each.rule}`).sort()).toEqual([
      'danger other',
      'unchecked mine',
    ]);
    expect(found.find(each => each.rule === 'mine')?.why).toMatch(why);
  }
});
