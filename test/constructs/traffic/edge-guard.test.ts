import { App, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import fc from 'fast-check';
import { EdgeGuard } from '../../../constructs/traffic/edge-guard';
import type { EdgeGuardProps, RateWindowSeconds } from '../../../constructs/traffic/edge-guard-props';
import { webAclRules } from '../../../constructs/traffic/edge-guard-rules';
import { onlyOf, stackIn } from '../stack';

const PROPS: EdgeGuardProps = { name: 'orders', resourceArns: ['balancer-1'] };

function guard(props: Partial<EdgeGuardProps> = {}, app = new App()) {
  const stack = stackIn('us-east-2', app);
  return { stack, built: new EdgeGuard(stack, 'Guard', { ...PROPS, ...props }) };
}

interface WebAclRule {
  readonly Name: string;
  readonly Priority: number;
  readonly Statement: Readonly<Record<string, unknown>>;
  readonly Action?: object;
  readonly OverrideAction?: object;
}
const rulesOf = (props: Partial<EdgeGuardProps> = {}) =>
  onlyOf(guard(props).stack, 'AWS::WAFv2::WebACL').Rules as readonly WebAclRule[];
const ruleNamed = (name: string, props: Partial<EdgeGuardProps> = {}) =>
  rulesOf(props).find(({ Name }) => Name === name);

test('sizes first, then rates, then the groups that AWS keeps, each once', () => {
  const rules = rulesOf({ perKey: { requests: 100 } });
  expect(rules.map(({ Name }) => Name)).toEqual([
    'body-size',
    'query-size',
    'key-rate',
    'client-rate',
    'AWSManagedRulesAmazonIpReputationList',
    'AWSManagedRulesKnownBadInputsRuleSet',
    'AWSManagedRulesCommonRuleSet',
  ]);
  expect(rules.map(({ Priority }) => Priority)).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('a client is limited by its address', () => {
  expect(ruleNamed('client-rate', { perClient: { requests: 600, windowSeconds: 60 } })).toMatchObject({
    Action: { Block: {} },
    Statement: { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 600, EvaluationWindowSec: 60 } },
  });
});

test('a key is limited by its header, and a request without one is no key', () => {
  expect(ruleNamed('key-rate', { perKey: { requests: 50, header: 'X-Tenant' } })?.Statement).toMatchObject({
    RateBasedStatement: {
      AggregateKeyType: 'CUSTOM_KEYS',
      CustomKeys: [{ Header: { Name: 'x-tenant' } }],
      Limit: 50,
      EvaluationWindowSec: 300,
      ScopeDownStatement: {
        SizeConstraintStatement: {
          FieldToMatch: { SingleHeader: { Name: 'x-tenant' } },
          ComparisonOperator: 'GT',
          Size: 0,
        },
      },
    },
  });
  expect(ruleNamed('key-rate')).toBeUndefined();
});

test('a body longer than what WAF sees is refused too', () => {
  expect(ruleNamed('body-size')?.Statement).toMatchObject({
    SizeConstraintStatement: { FieldToMatch: { Body: { OversizeHandling: 'MATCH' } }, Size: 8192 },
  });
});

test('in count mode nothing is refused, by no rule and no group', () => {
  const rules = rulesOf({ mode: 'count', perKey: { requests: 100 } });
  expect(JSON.stringify(rules)).not.toMatch(/"Block"|"None"/);
  expect(rules.every(rule => rule.Action !== undefined || rule.OverrideAction !== undefined)).toBe(true);
  expect(JSON.stringify(rulesOf())).not.toContain('"Count"');
});

test('requests are logged to a kept group of the name that WAF demands, without secrets', () => {
  const { stack } = guard({ perKey: { requests: 100 }, redactedHeaders: ['X-Session', 'Cookie'] });
  const template = Template.fromStack(stack);
  template.hasResource('AWS::Logs::LogGroup', {
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: { LogGroupName: 'aws-waf-logs-orders', RetentionInDays: 90 },
  });
  template.hasResource('AWS::WAFv2::LoggingConfiguration', {
    DependsOn: [Match.stringLikeRegexp('GuardLogs')],
    Properties: {
      LogDestinationConfigs: [
        {
          'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(':log-group:aws-waf-logs-orders$')])],
        },
      ],
      RedactedFields: ['authorization', 'cookie', 'x-api-key', 'x-session'].map(Name => ({
        SingleHeader: { Name },
      })),
    },
  });
});

test('it stands before each resource that it is given, and is measured', () => {
  const { stack, built } = guard({ resourceArns: ['balancer-1', 'stage-1'] });
  const template = Template.fromStack(stack);
  for (const ResourceArn of ['balancer-1', 'stage-1']) {
    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', { ResourceArn });
  }
  expect(onlyOf(stack, 'AWS::WAFv2::WebACL')).toMatchObject({
    Scope: 'REGIONAL',
    DefaultAction: { Allow: {} },
  });
  expect(built.metricBlockedRequests().dimensions).toMatchObject({ WebACL: 'orders', Rule: 'ALL' });
  expect(built.metricCountedRequests('client-rate').dimensions).toMatchObject({ Rule: 'orders-client-rate' });
});

test('every accepted limit reaches the ACL as it is, with priorities that are all different', () => {
  const limit = fc.record({
    requests: fc.integer({ min: 10, max: 2_000_000_000 }),
    windowSeconds: fc.constantFrom<RateWindowSeconds>(60, 120, 300, 600),
  });
  fc.assert(
    fc.property(limit, limit, (perClient, perKey) => {
      const rules = webAclRules({ ...PROPS, perClient, perKey });
      const rates = rules.flatMap(({ statement }) => {
        const { rateBasedStatement } = statement as {
          rateBasedStatement?: { limit: number; evaluationWindowSec: number };
        };
        return rateBasedStatement === undefined ? [] : [rateBasedStatement];
      });
      expect(rates).toMatchObject(
        [perKey, perClient].map(({ requests, windowSeconds }) => ({
          limit: requests,
          evaluationWindowSec: windowSeconds,
        })),
      );
      expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
    }),
    { numRuns: 30 },
  );
});

test('AwsSolutions passes', () => {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  guard({}, app);
  expect(() => app.synth()).not.toThrow();
});

describe('refuses', () => {
  test.each<[string, Partial<EdgeGuardProps>, RegExp]>([
    ['a rate that WAF refuses', { perClient: { requests: 9 } }, /perClient\.requests.*received 9/],
    [
      'a window that WAF does not have',
      { perKey: { requests: 10, windowSeconds: 90 as 60 } },
      /perKey\.windowSeconds.*received 90; use 60, 120, 300, 600/,
    ],
    ['a header that is none', { perKey: { requests: 10, header: 'x key' } }, /perKey\.header.*"x key"/],
    ['a body that WAF cannot see', { maximumBodyBytes: 9000 }, /maximumBodyBytes.*received 9000/],
    ['an endless query', { maximumQueryBytes: 10_000 }, /maximumQueryBytes.*received 10000/],
    ['a bad name', { name: 'orders guard' }, /name.*"orders guard"/],
    ['nothing to guard', { resourceArns: [] }, /resourceArns \(count\).*received 0/],
    [
      'a group named twice',
      { managedGroups: ['AWSManagedRulesSQLiRuleSet', 'AWSManagedRulesSQLiRuleSet'] },
      /managedGroups.*twice/,
    ],
    ['a bad header to leave out', { redactedHeaders: ['a:b'] }, /redactedHeaders\[0\].*"a:b"/],
  ])('%s', (_, props, message) => {
    expect(() => guard(props)).toThrow(message);
  });
});
