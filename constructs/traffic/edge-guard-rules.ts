import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { matching, type Rule, wholeNumber } from '../validation';
import type { EdgeGuardProps, ManagedGroup, RateLimit } from './edge-guard-props';

type Statement = CfnWebACL.StatementProperty;

const DEFAULT_GROUPS: readonly ManagedGroup[] = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesCommonRuleSet',
];

/** Bytes of a body that WAF sees behind an Application Load Balancer. */
const VISIBLE_BODY_BYTES = 8_192;

/** Everything that a guard's props must satisfy. */
export function edgeGuardRules(props: EdgeGuardProps): Rule[] {
  const groups = props.managedGroups ?? DEFAULT_GROUPS;
  return [
    matching('name', props.name, /^[A-Za-z0-9-]{1,100}$/, 'use 1 to 100 letters, digits and hyphens'),
    wholeNumber('resourceArns (count)', props.resourceArns.length, 1, 100),
    ...rateRules('perClient', props.perClient),
    ...rateRules('perKey', props.perKey),
    props.perKey !== undefined &&
      matching('perKey.header', props.perKey.header ?? 'x-api-key', HEADER, HEADER_FIX),
    wholeNumber('maximumBodyBytes', props.maximumBodyBytes ?? VISIBLE_BODY_BYTES, 1, VISIBLE_BODY_BYTES),
    wholeNumber('maximumQueryBytes', props.maximumQueryBytes ?? 2_048, 1, 8_192),
    ...(props.redactedHeaders ?? []).map((name, at) =>
      matching(`redactedHeaders[${at}]`, name, HEADER, HEADER_FIX),
    ),
    new Set(groups).size < groups.length && {
      path: 'managedGroups',
      received: groups,
      message: 'a group is named twice',
      fix: 'name each group once',
    },
  ];
}

const HEADER = /^[A-Za-z0-9-]{1,64}$/;
const HEADER_FIX = 'use the name of a header, up to 64 letters, digits and hyphens';
const WINDOWS: readonly number[] = [60, 120, 300, 600];

function rateRules(path: string, limit: RateLimit | undefined): Rule[] {
  if (limit === undefined) return [];
  const window = limit.windowSeconds ?? 300;
  return [
    wholeNumber(`${path}.requests`, limit.requests, 10, 2_000_000_000),
    !WINDOWS.includes(window) && {
      path: `${path}.windowSeconds`,
      received: window,
      message: 'not a window over which AWS WAF counts',
      fix: `use ${WINDOWS.join(', ')}`,
    },
  ];
}

/** The rules of the web ACL, cheapest and surest first: sizes, rates, then AWS's groups. */
export function webAclRules(props: EdgeGuardProps): CfnWebACL.RuleProperty[] {
  const refuse = props.mode === 'count' ? { count: {} } : { block: {} };
  const own: [string, Statement, object][] = [
    ['body-size', sizeAbove({ body: { oversizeHandling: 'MATCH' } }, bodyBytes(props)), refuse],
    ['query-size', sizeAbove({ queryString: {} }, props.maximumQueryBytes ?? 2_048), refuse],
    ...keyRule(props, refuse),
    ['client-rate', rateOf(props.perClient ?? { requests: 2_000 }, { aggregateKeyType: 'IP' }), refuse],
  ];
  const groups = (props.managedGroups ?? DEFAULT_GROUPS).map(
    name =>
      ({
        name,
        statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
        // A group has actions of its own; counting instead of them is an override.
        overrideAction: props.mode === 'count' ? { count: {} } : { none: {} },
      }) as const,
  );
  return [...own.map(([name, statement, action]) => ({ name, statement, action })), ...groups].map(
    (rule, at) => ({
      ...rule,
      priority: at,
      visibilityConfig: visibility(`${props.name}-${rule.name}`),
    }),
  );
}

/** What is measured and sampled under a name. */
export function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}

/** Header that carries the caller's key, in lower case as WAF compares it. */
export const keyHeaderOf = ({ perKey }: EdgeGuardProps): string =>
  (perKey?.header ?? 'x-api-key').toLowerCase();

const bodyBytes = ({ maximumBodyBytes }: EdgeGuardProps): number => maximumBodyBytes ?? VISIBLE_BODY_BYTES;

function sizeAbove(fieldToMatch: CfnWebACL.FieldToMatchProperty, size: number): Statement {
  return {
    sizeConstraintStatement: {
      fieldToMatch,
      comparisonOperator: 'GT',
      size,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
}

/** One count for each key. A request without the header is no key's; the limit of its client still holds it. */
function keyRule(props: EdgeGuardProps, action: object): [string, Statement, object][] {
  if (props.perKey === undefined) return [];
  const textTransformations = [{ priority: 0, type: 'NONE' }];
  const name = keyHeaderOf(props);
  const statement = rateOf(props.perKey, {
    aggregateKeyType: 'CUSTOM_KEYS',
    customKeys: [{ header: { name, textTransformations } }],
    scopeDownStatement: sizeAbove({ singleHeader: { Name: name } }, 0),
  });
  return [['key-rate', statement, action]];
}

function rateOf(limit: RateLimit, how: Omit<CfnWebACL.RateBasedStatementProperty, 'limit'>): Statement {
  return {
    rateBasedStatement: { ...how, limit: limit.requests, evaluationWindowSec: limit.windowSeconds ?? 300 },
  };
}
