import { explain, explanationText, findingById } from '../../lib/drift/explain';
import type { Finding } from '../../lib/drift/model';
import { DRIFT_RULES } from '../../lib/drift/rules';
import { reportOf } from '../../lib/drift/verdict';

const finding = (more: Partial<Finding> = {}): Finding => ({
  ...{
    id: 'tf-dns-change-0123456789',
    rule: 'tf-dns-change',
    class: 'danger',
    region: 'eu-west-1',
    stack: 'dns',
  },
  ...{ resource: 'aws_route53_record.a', type: 'aws_route53_record', action: 'update', path: 'records[0]' },
  ...{ why: 'it turns', fix: 'leave it' },
  ...more,
});
const other = finding({ id: 'change-0123456789', rule: 'change', class: 'change' });
const report = reportOf(2, [finding(), other]);

test('a finding is explained by its own words, its rule, its class and its source', () => {
  const explained = explain(report, finding().id, DRIFT_RULES);
  expect(explained).toMatchObject({ version: 1, finding: finding(), fix: 'leave it', runbook: null });
  expect(explained.meaning[0]).toBe('it turns');
  expect(explained.meaning[1]).toContain('records and checks decide');
  expect(explained.meaning[2]).toMatch(/^danger: /);
  expect(explained.source).toContain('law 2');
  expect(explained).not.toHaveProperty('accepted');
});

test('its text has where, what, fix and source, and says that there are no runbooks', () => {
  const text = explanationText(explain(report, finding().id, DRIFT_RULES));
  for (const part of [
    'eu-west-1 / dns / aws_route53_record.a',
    'records[0]',
    'leave it',
    'law 2',
    'no runbooks yet',
  ])
    expect(text).toContain(part);
});

test('what no rule spoke of has no source', () => {
  const explained = explain(report, other.id, DRIFT_RULES);
  expect(explained).toMatchObject({ title: 'a change that no rule knows more of', source: '-' });
});

test('a rule that is not given is said to be none', () => {
  expect(explain(report, finding().id, []).title).toContain('not among the rules given');
});

test('the beginning of an id is enough when it is that of one', () => {
  expect(findingById(report, 'tf-')).toEqual(finding());
  const twins = reportOf(2, [finding(), finding({ id: 'tf-dns-change-99' })]);
  expect(() => findingById(twins, 'tf-dns')).toThrow(
    /several ids.*tf-dns-change-0123456789, tf-dns-change-99/,
  );
  expect(() => findingById(report, 'x')).toThrow(/no finding of the report, received "x".*change-0123456789/);
  expect(() => findingById(report, '')).toThrow('no finding of the report');
  expect(() => findingById(reportOf(0, []), 'x')).toThrow('the report has no findings');
});

test('an accepted finding is explained with its acceptance', () => {
  const accepted = { reason: 'it moves next week', owner: 'me', expires: '2027-01-31' };
  const explained = explain(reportOf(1, [], [{ ...finding(), ...accepted }]), finding().id, DRIFT_RULES);
  expect(explained.accepted).toEqual(accepted);
  expect(explanationText(explained)).toContain('until 2027-01-31, of me: it moves next week');
});

test('a name cannot write over the terminal', () => {
  const wild = finding({ resource: 'a\u001b[2Jb\nc\u2028d\u202ee' });
  const text = explanationText(explain(reportOf(1, [wild]), wild.id, DRIFT_RULES));
  expect(text).toContain('a [2Jb c d e');
});
