import * as fc from 'fast-check';
import { acceptFinding } from '../../../lib/drift/ignore/accept';
import { covers, exactly, type IgnoreEntry } from '../../../lib/drift/ignore/entry';
import { applyIgnores } from '../../../lib/drift/ignore/ignore';
import { parseIgnoreFile } from '../../../lib/drift/ignore/read-ignore';
import type { Finding } from '../../../lib/drift/model';
import { exitCodeOf, reportOf } from '../../../lib/drift/verdict';
import { HoldfastError } from '../../../lib/errors';

const finding = (more: Partial<Finding> = {}): Finding => ({
  ...{ id: 'dns-change-1', rule: 'dns-change', class: 'danger', region: 'eu-west-1', stack: 'orders-dns' },
  ...{ resource: 'Record', type: 't', action: 'update', path: 'Properties.TTL', why: 'w', fix: 'f' },
  ...more,
});
const entry = (more: Partial<IgnoreEntry> = {}): IgnoreEntry => ({
  ...{ rule: 'dns-change', stack: 'orders-*', region: '*', resource: 'Record', path: 'Properties.TTL' },
  ...{ reason: 'the record moves next week', owner: 'orders team', expires: '2027-01-31' },
  ...more,
});
const NOW = new Date('2026-11-25T12:00:00Z');
const file = (...entries: IgnoreEntry[]) => ({ name: 'drift-ignore.yaml', entries });
const ACCEPTANCE = { reason: 'accepted by the review', owner: 'me', expires: '2027-01-01' };

describe('what an entry covers', () => {
  test.each<[Partial<IgnoreEntry>, boolean]>([
    [{}, true],
    [{ path: undefined }, true],
    [{ path: 'Properties.*' }, true],
    [{ stack: 'orders-dns' }, true],
    [{ stack: 'o*d*' }, true],
    [{ rule: 'dns-chang' }, false],
    [{ stack: 'orders' }, false],
    [{ stack: '*-orders' }, false],
    [{ region: 'eu-west' }, false],
    [{ resource: 'Recor' }, false],
    [{ resource: 'Re*ecord' }, false],
    [{ path: 'Properties' }, false],
    [{ path: '' }, false],
    [{ resource: '\\*' }, false],
  ])('%j: %s', (more, expected) => {
    expect(covers(entry(more), finding())).toBe(expected);
  });

  test('of several paths each must be meant', () => {
    const both = finding({ path: 'Properties.Name, Properties.TTL' });
    expect(covers(entry(), both)).toBe(false);
    expect(covers(entry({ path: 'Properties.Name, Properties.TTL' }), both)).toBe(true);
    expect(covers(entry({ path: 'Properties.*' }), both)).toBe(true);
  });

  test('a text taken exactly means itself alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, other) => {
        const exact = entry({ resource: exactly(text) });
        expect(covers(exact, finding({ resource: text }))).toBe(true);
        expect(covers(exact, finding({ resource: other }))).toBe(text === other);
      }),
    );
    expect(covers(entry({ resource: exactly('a["*"]') }), finding({ resource: 'a["b"]' }))).toBe(false);
  });
});

describe('a run', () => {
  test('what is accepted counts in no class, and is listed with its reason', () => {
    const { findings, ignored } = applyIgnores(
      [finding(), finding({ resource: 'Other' })],
      file(entry()),
      NOW,
    );
    const report = reportOf(2, findings, ignored);
    expect(report.counts).toMatchObject({ danger: 1, ignored: 1, noise: 0 });
    expect(report.findings.map(({ resource }) => resource)).toEqual(['Other']);
    expect(report.ignored).toEqual([
      { ...finding(), reason: 'the record moves next week', owner: 'orders team', expires: '2027-01-31' },
    ]);
  });

  test('a run without an ignore file says nothing of it', () => {
    const report = reportOf(1, [finding()]);
    expect(report).not.toHaveProperty('ignored');
    expect(report.counts).not.toHaveProperty('ignored');
  });

  test('an entry counts to the end of its last day, in UTC', () => {
    const at = (now: string) => applyIgnores([finding()], file(entry()), new Date(now));
    expect(at('2027-01-31T23:59:59.999Z').expired).toEqual([]);
    expect(at('2027-02-01T00:00:00.000Z').expired).toHaveLength(1);
  });

  test('an entry that has expired ignores nothing and fails the run, whatever it spoke of', () => {
    const old = file(entry({ expires: '2026-11-24' }));
    const { findings, ignored } = applyIgnores([finding({ class: 'change' })], old, NOW);
    expect(ignored).toEqual([]);
    expect(findings.map(({ rule, class: level }) => [rule, level])).toEqual([
      ['dns-change', 'change'],
      ['ignore-expired', 'unchecked'],
    ]);
    expect(findings[1]?.why).toContain('2026-11-24, of orders team, "the record moves next week"');
    for (const failOn of ['any', 'change', 'danger'] as const) {
      expect(exitCodeOf(reportOf(1, findings).counts, failOn)).not.toBe(0);
    }
    const clean = applyIgnores([], old, NOW).findings;
    expect(exitCodeOf(reportOf(1, clean).counts, 'danger')).toBe(1);
  });

  test('an entry that speaks of nothing is told, and fails nothing', () => {
    const { findings, unused } = applyIgnores([], file(entry()), NOW);
    expect(unused).toHaveLength(1);
    expect(findings).toMatchObject([{ rule: 'ignore-unused', class: 'noise' }]);
    expect(exitCodeOf(reportOf(1, findings).counts, 'any')).toBe(0);
  });

  test('ids of entries are apart', () => {
    const { findings } = applyIgnores(
      [],
      file(entry(), entry({ rule: 'other-rule' }), entry({ path: 'x' })),
      NOW,
    );
    expect(new Set(findings.map(({ id }) => id)).size).toBe(3);
  });
});

describe('the file', () => {
  test('every problem is told at once, with its line', () => {
    const text = [
      ...[
        'version: 1',
        'entries:',
        '  - rule: dns-change',
        '    stack: s',
        '    region: "*"',
        '    resource: r',
      ],
      ...['    reason: short', '    owner: ""', '    expires: 2026-02-30', '    typo: x', '  - rule: "*"'],
    ].join('\n');
    const problems = () => {
      try {
        parseIgnoreFile(text, 'i.yaml');
      } catch (error) {
        return (error as HoldfastError).problems.map(({ path, message }) => `${path} ${message}`);
      }
      return [];
    };
    const told = problems().join('\n');
    for (const each of [
      'i.yaml:7: entries[0].reason',
      'i.yaml:8: entries[0].owner',
      'i.yaml:9: entries[0].expires',
    ])
      expect(told).toContain(each);
    for (const each of [
      'typo',
      'entries[1].stack',
      'entries[1].owner',
      'entries[1].expires',
      'i.yaml:11: entries[1].rule',
    ])
      expect(told).toContain(each);
  });

  test.each(['', '[]', 'version: 2\nentries: []', 'a: [', '{"version":1}', 'a: &a [*a]'])(
    '%j is refused',
    text => {
      expect(() => parseIgnoreFile(text, 'i.yaml')).toThrow(HoldfastError);
    },
  );

  test('JSON is read as YAML is', () => {
    const text = JSON.stringify({ version: 1, entries: [entry()] });
    expect(parseIgnoreFile(text, 'i.json').entries).toEqual([entry()]);
  });
});

describe('accepting a finding', () => {
  const yaml = [
    '# reviewed each month',
    'version: 1',
    'entries:',
    '  # the old record',
    '  - rule: b-rule',
  ].join('\n');
  const more = [
    '    stack: s',
    '    region: r',
    '    resource: x',
    '    reason: it is as it is',
    '    owner: o',
  ];
  const before = `${[yaml, ...more, '    expires: 2027-01-01 # a holiday'].join('\n')}\n`;
  const covered = (text: string, name: string, of: Finding) =>
    applyIgnores([of], parseIgnoreFile(text, name), NOW).ignored.length === 1;

  test('adds an entry behind the others, and leaves comments and order', () => {
    const after = acceptFinding(before, 'i.yaml', finding(), ACCEPTANCE, NOW);
    expect(after.startsWith(before)).toBe(true);
    expect(covered(after, 'i.yaml', finding())).toBe(true);
    expect(covered(after, 'i.yaml', finding({ path: 'Properties.Name' }))).toBe(false);
  });

  test('renews an entry for the same finding in place', () => {
    const once = acceptFinding(before, 'i.yaml', finding(), ACCEPTANCE, NOW);
    const twice = acceptFinding(once, 'i.yaml', finding(), { ...ACCEPTANCE, expires: '2027-06-01' }, NOW);
    expect(twice).toBe(once.replace('expires: 2027-01-01\n', 'expires: 2027-06-01\n'));
  });

  test('any finding is covered by its entry afterwards, in YAML and in JSON', () => {
    const text = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(
        text,
        text,
        fc.string(),
        fc.constantFrom('i.yaml', 'i.json'),
        (stack, resource, path, name) => {
          const of = finding({ stack, resource, path });
          const first = acceptFinding('', name, finding(), ACCEPTANCE, NOW);
          expect(covered(acceptFinding(first, name, of, ACCEPTANCE, NOW), name, of)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([
    [{ reason: 'no' }, 'reason'],
    [{ owner: ' ' }, 'owner'],
    [{ expires: 'soon' }, 'expires'],
    [{ expires: '2026-11-24' }, 'is over already'],
  ])('%j is refused', (wrong, message) => {
    expect(() => acceptFinding('', 'i.yaml', finding(), { ...ACCEPTANCE, ...wrong }, NOW)).toThrow(message);
  });

  test('a finding about the file itself cannot be accepted', () => {
    const own = finding({ rule: 'ignore-expired' });
    expect(() => acceptFinding('', 'i.yaml', own, ACCEPTANCE, NOW)).toThrow('about the ignore file itself');
  });
});
