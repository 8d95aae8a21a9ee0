import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { DEPENDABILITY, DEPENDABILITY_RULES, judgeTemplate, type Rule, Template } from '../../lib/rules';
import { ROOT } from '../helpers/sources';
import { ASYNC } from './cases/async';
import type { CasesByRule, Resources, RuleCases } from './cases/case';
import { COMPUTE } from './cases/compute';
import { DATA } from './cases/data';
import { DNS } from './cases/dns';
import { OPERATIONS } from './cases/operations';

const CASES: CasesByRule = { ...ASYNC, ...COMPUTE, ...DATA, ...DNS, ...OPERATIONS };
const ruleOf = (id: string): Rule => {
  const rule = DEPENDABILITY_RULES.find(candidate => candidate.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return rule;
};
const parse = (resources: Resources): Template =>
  new Template(JSON.parse(JSON.stringify({ Resources: resources })));

/** What a rule says of the first resource of a template. */
function judge(rule: Rule, resources: Resources): string {
  const template = parse(resources);
  const [judged] = template.resources;
  if (judged === undefined) throw new Error('no resource');
  const applies = rule.types?.includes(judged.type) ?? true;
  return applies ? rule.evaluate(judged, template).state : 'not-applicable';
}

const STATES = [
  ['compliant', (cases: RuleCases) => cases.compliant],
  ['broken', (cases: RuleCases) => cases.broken],
  ['unknown', (cases: RuleCases) => (typeof cases.unknown === 'string' ? {} : cases.unknown)],
  ['not-applicable', (cases: RuleCases) => cases.notApplicable ?? {}],
] as const;

describe.each(Object.keys(CASES).sort())('%s', id => {
  const rows = STATES.flatMap(([state, of]) =>
    Object.entries(of(CASES[id] as RuleCases)).map(([name, resources]) => [state, name, resources] as const),
  );
  test.each(rows)('is %s: %s', (state, _name, resources) => {
    expect(judge(ruleOf(id), resources)).toBe(state);
  });
});

describe('the pack', () => {
  const ids = DEPENDABILITY_RULES.map(({ id }) => id);

  test('has at least 25 rules, each with templates that pass and fail', () => {
    expect(ids.length).toBeGreaterThanOrEqual(25);
    expect(Object.keys(CASES).sort()).toEqual([...ids].sort());
    for (const cases of Object.values(CASES)) {
      const { compliant, broken, unknown } = cases;
      expect(Object.keys(compliant).length * Object.keys(broken).length).toBeGreaterThan(0);
      if (typeof unknown !== 'string') expect(Object.keys(unknown).length).toBeGreaterThan(0);
    }
  });

  test('names each rule once, says why and how in one line each, and where it stands on', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, title, why, fix, source } of DEPENDABILITY_RULES) {
      expect(id).toMatch(/^[A-Z][A-Za-z]+$/);
      for (const text of [title, why, fix, source]) expect(text).toMatch(/^[^\n]{8,250}[^.\n]$/);
    }
  });

  test('is the table of docs/dependability-rules.md', () => {
    const documented = readFileSync(path.join(ROOT, 'docs/dependability-rules.md'), 'utf8')
      .split('\n')
      .filter(line => line.startsWith(`| \`${DEPENDABILITY}-`))
      .map(line => line.split(' | ').map(cell => cell.replace(/^\| |\s\|$|`/g, '').trim()));
    expect(documented).toEqual(
      DEPENDABILITY_RULES.map(({ id, title, source }) => [`${DEPENDABILITY}-${id}`, title, source]),
    );
  });

  test('answers for any template, however strange', () => {
    const types = [...new Set(DEPENDABILITY_RULES.flatMap(rule => rule.types ?? []))];
    const name = fc.constantFrom(
      ...[
        'HealthCheckConfig',
        'Type',
        'ChildHealthChecks',
        'AlarmIdentifier',
        'Name',
        'Inverted',
        'IPAddress',
      ],
      ...[
        'RecordSets',
        'Failover',
        'AliasTarget',
        'HealthCheckId',
        'Policies',
        'PolicyDocument',
        'Statement',
      ],
      ...[
        'Effect',
        'Action',
        'Roles',
        'ManagedPolicyArns',
        'LoadBalancerAttributes',
        'Key',
        'Value',
        'Source',
      ],
      ...[
        'Replicas',
        'MultiRegionConsistency',
        'StopConditions',
        'Monitors',
        'RedrivePolicy',
        'EventSourceArn',
      ],
      ...[
        'FunctionName',
        'StartingPosition',
        'VPCZoneIdentifier',
        'SubnetId',
        'Metrics',
        'MetricStat',
        'Metric',
      ],
    );
    const leaf = fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom(
        { Ref: 'A' },
        { 'Fn::GetAtt': ['B', 'Arn'] },
        { 'Fn::If': ['C', 1] },
        'STRONG',
        'CALCULATED',
      ),
    );
    const inner = fc.dictionary(name, leaf, { maxKeys: 4 });
    const value = fc.oneof(leaf, inner, fc.array(fc.oneof(leaf, inner), { maxLength: 3 }));
    const resource = fc.record({
      Type: fc.constantFrom(...types),
      Properties: fc.dictionary(name, value, { maxKeys: 8 }),
      UpdatePolicy: fc.jsonValue({ maxDepth: 2 }),
      DependsOn: fc.constantFrom('A', 'B', ['A', 'B'], undefined),
    });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('A', 'B', 'C'), resource), resources => {
        const { counts } = judgeTemplate(DEPENDABILITY, DEPENDABILITY_RULES, parse(resources));
        const asked = Object.values(counts).reduce((sum, count) => sum + count, 0);
        expect(asked).toBe(Object.keys(resources).length * DEPENDABILITY_RULES.length);
      }),
      { numRuns: 200 },
    );
  });
});
