import { classify } from '../../../lib/drift/classify/classify';
import type { Facts } from '../../../lib/drift/classify/rule';
import type { Finding, Json } from '../../../lib/drift/model';
import { TERRAFORM_RULES } from '../../../lib/drift/rules/tf-rules';
import { compared, entry, planOf } from './plans';
import { CASES, created, deleted, drift, FLAGS, MEMBER, one, policy, replaced, update } from './rule-cases';

const found = (plan: Json, facts: Facts = {}): readonly Finding[] =>
  classify([compared(plan)], TERRAFORM_RULES, facts);
const told = (plan: Json, facts: Facts = {}): readonly string[] =>
  found(plan, facts)
    .map(({ rule, class: level, path }) => `${level} ${rule}${path === '' ? '' : ` ${path}`}`)
    .sort();

test.each(CASES.map(each => ({ title: `${each[0]}: ${each[1]}`, each })))('$title', ({ each }) => {
  const [, rule, speaks, silent, facts = {}] = each;
  expect(told(speaks, facts)).toContain(rule);
  const id = rule.split(' ')[1];
  const silentRules = told(silent, facts).map(each => each.split(' ')[1]);
  expect(silentRules).not.toContain(id);
});

test('every rule is among the cases', () => {
  const tried = new Set(CASES.map(([, rule]) => rule.split(' ')[1]));
  expect(TERRAFORM_RULES.map(({ id }) => id).filter(id => !tried.has(id))).toEqual([]);
});

describe('whole plans', () => {
  test('BP-25: times alone leave the plan clean, a flag that changes with them does not', () => {
    const type = 'aws_appconfig_hosted_configuration_version';
    const unknown = { after_unknown: { id: true, arn: true, version_number: true } };
    const times = {
      ...replaced({ content: FLAGS({ _createdAt: '1' }) }, { content: FLAGS({}) }, 'content'),
      ...unknown,
    };
    expect(found(one(type, times)).map(each => each.class)).toEqual(['noise', 'noise']);
    const both = {
      ...replaced({ content: FLAGS({ _createdAt: '1' }) }, { content: FLAGS({ enabled: true }) }, 'content'),
      ...unknown,
    };
    expect(told(one(type, both))).toContain('change tf-replacement content');
  });

  test('BP-54: an empty value in replace_paths stays a replacement', () => {
    const plan = one('aws_instance', replaced({ a: [] }, { a: null }, 'a'));
    expect(told(plan)).toEqual(['change tf-replacement a']);
    expect(told(one('aws_db_instance', replaced({ a: [] }, { a: null }, 'a')))).toEqual([
      'danger tf-stateful-loss a',
    ]);
  });

  test('BP-60: a change of a member that is its own stays', () => {
    const after = { ...MEMBER, node_type: 'b', apply_immediately: false };
    expect(told(one('aws_elasticache_replication_group', update(MEMBER, after)))).toEqual([
      ...['change change apply_immediately', 'noise tf-global-parent node_type'],
    ]);
  });

  test('a danger that a plan keeps is one all the same; one that it puts back is a change', () => {
    const [on, off] = [
      { deletion_protection: true, a: 1 },
      { deletion_protection: false, a: 2 },
    ];
    expect(told(drift('aws_rds_cluster', update(on, off)))).toEqual([
      ...['danger tf-protection-off deletion_protection', 'expected tf-drift-kept a'],
    ]);
    const back = told(drift('aws_rds_cluster', update(on, off), update(off, on)));
    expect(back.filter(each => each.startsWith('danger'))).toEqual([]);
    expect(back).toContain('change tf-drift a, deletion_protection');
  });

  test('a copy in the active Region that follows another source has not swapped its role', () => {
    const of = (source: string) => ({ region: 'eu-west-1', replication_source_identifier: source });
    const facts = { register: { epoch: 3, region: 'eu-west-1' } };
    expect(told(drift('aws_rds_cluster', update(of('a'), of('b'))), facts)).toEqual([
      'danger tf-replica-detached replication_source_identifier',
    ]);
  });

  test('BP-50: the live one and the leftover are told apart', () => {
    const address = 'aws_db_instance.x';
    const plan = planOf([
      entry(address, deleted({}), { deposed: 'b518c256' }),
      entry(address, update({ a: 1 }, { a: 2 })),
    ]);
    expect(told(plan)).toEqual(['change change a', 'change tf-deposed']);
  });

  test('BP-53: reasons are printed, known or not', () => {
    for (const reason of ['replace_because_tainted', 'reason_of_2031']) {
      const plan = (type: string) => one(type, replaced({ a: 1 }, { a: 1 }), { action_reason: reason });
      expect(found(plan('aws_instance'))[0]?.why).toContain(reason);
      expect(found(plan('aws_rds_cluster'))[0]?.why).toContain(reason);
    }
  });

  test('BP-59: the fix names the attribute', () => {
    const zones = replaced(
      { availability_zones: ['a', 'b', 'c'] },
      { availability_zones: ['a', 'b'] },
      'availability_zones',
    );
    expect(found(one('aws_rds_cluster', zones))[0]?.fix).toContain('leave availability_zones out');
  });

  test('BP-56: no warning quotes what is secret', () => {
    const secret = policy('secret:Reveal');
    const marks = { before_sensitive: { policy: true }, after_sensitive: { policy: true, min_size: true } };
    const change = update(
      { policy: policy('a:B'), min_size: 77_777 },
      { policy: secret, min_size: 33_333 },
      marks,
    );
    const text = JSON.stringify(found(one('aws_iam_policy', change)));
    expect(text).toContain('tf-iam-broadening');
    expect(text).toContain('tf-capacity-lowered');
    expect(text).not.toMatch(/Reveal|77777|33333/i);
    const made = created({ role: 'r', policy: secret }, { after_sensitive: { policy: true } });
    expect(JSON.stringify(found(one('aws_iam_role_policy', made)))).not.toMatch(/Reveal/i);
  });
});
