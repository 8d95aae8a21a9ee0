import { attributeOf, companion, madeUpName, type Named, type ResourceMapping } from '../resource-mapping';
import { block, elsewhere, pairs, type Rules, type Split, same } from '../rule';
import { type Arguments, type Draft, isRecord } from '../term';

const INTEGRATION: Rules = {
  ...same('IntegrationHttpMethod Type Uri'),
  TimeoutInMillis: 'timeout_milliseconds',
};

const VISIBILITY = block('visibility_config', {
  CloudWatchMetricsEnabled: 'cloudwatch_metrics_enabled',
  MetricName: 'metric_name',
  SampledRequestsEnabled: 'sampled_requests_enabled',
});

/** `{ Block: {} }`: an action that has no settings. */
const plainAction = (argument: string): Split => ({
  split: (value, unmapped) => {
    const entries = isRecord(value) ? Object.entries(value) : [];
    const [[name, settings] = ['', null]] = entries;
    const known = entries.length === 1 && ['Allow', 'Block', 'Count', 'None'].includes(name);
    if (known && isRecord(settings) && Object.keys(settings).length === 0) {
      return { [argument]: { [name.toLowerCase()]: {} } };
    }
    unmapped(name, value);
    return {};
  },
});

const FIELD_TO_MATCH: Rules = {
  UriPath: block('uri_path', {}),
  SingleHeader: block('single_header', same('Name')),
};

const STATEMENT: Rules = {
  IPSetReferenceStatement: block('ip_set_reference_statement', same('Arn')),
  ManagedRuleGroupStatement: block('managed_rule_group_statement', same('Name VendorName Version')),
  RateBasedStatement: block('rate_based_statement', same('AggregateKeyType Limit EvaluationWindowSec')),
  ByteMatchStatement: block('byte_match_statement', {
    ...same('PositionalConstraint SearchString'),
    FieldToMatch: block('field_to_match', FIELD_TO_MATCH),
    TextTransformations: block('text_transformation', same('Priority Type')),
  }),
};

/** Method settings stand in a resource of their own, one for each method. */
const methodSettings: ResourceMapping['companions'] = [
  {
    property: 'MethodSettings',
    make: (list, { main, properties, translate }) =>
      (Array.isArray(list) ? list.filter(isRecord) : []).map((each, index) => {
        const { HttpMethod: method, ResourcePath: path, ...settings } = each;
        return {
          type: 'aws_api_gateway_method_settings',
          suffix: `settings_${index + 1}`,
          arguments: {
            rest_api_id: properties.RestApiId ?? null,
            stage_name: attributeOf(main.address, 'stage_name'),
            method_path: `${String(path) === '/*' ? '*' : String(path)}/${String(method)}`,
            settings: translate(settings, {
              ...same(
                'DataTraceEnabled LoggingLevel MetricsEnabled ThrottlingBurstLimit ThrottlingRateLimit',
              ),
            }),
          },
        };
      }),
  },
];

const named = (args: Arguments, _properties: Arguments, resource: Named): Draft => ({
  name: madeUpName(resource),
  ...args,
});

/** A deployment is a picture of the API: one that changes gets a new one, as CloudFormation's logical id does. */
function deploymentTriggers(args: Arguments, _properties: Arguments, resource: Named): Arguments {
  return { ...args, triggers: { api: resource.logicalId } };
}

/** The gate's API, and who may ask it. */
export const GATE: Readonly<Record<string, ResourceMapping>> = {
  'AWS::ApiGateway::RestApi': {
    type: 'aws_api_gateway_rest_api',
    attributes: { RootResourceId: 'root_resource_id', RestApiId: 'id' },
    properties: {
      ...same('Description DisableExecuteApiEndpoint Name'),
      EndpointConfiguration: block('endpoint_configuration', same('Types')),
      Tags: pairs('tags'),
    },
  },
  'AWS::ApiGateway::Method': {
    type: 'aws_api_gateway_method',
    properties: {
      ...same('HttpMethod ResourceId RestApiId'),
      AuthorizationType: 'authorization',
      Integration: elsewhere,
    },
    companions: [
      companion(
        'Integration',
        'aws_api_gateway_integration',
        'integration',
        { http_method: 'http_method', resource_id: 'resource_id', rest_api_id: 'rest_api_id' },
        INTEGRATION,
      ),
    ],
  },
  'AWS::ApiGateway::Deployment': {
    type: 'aws_api_gateway_deployment',
    properties: same('Description RestApiId'),
    complete: deploymentTriggers,
  },
  'AWS::ApiGateway::Stage': {
    type: 'aws_api_gateway_stage',
    ref: 'stage_name',
    properties: {
      ...same('DeploymentId RestApiId StageName'),
      AccessLogSetting: block('access_log_settings', same('DestinationArn Format')),
      MethodSettings: elsewhere,
      Tags: pairs('tags'),
    },
    companions: methodSettings,
  },
  'AWS::ApiGateway::DomainName': {
    type: 'aws_api_gateway_domain_name',
    ref: 'domain_name',
    attributes: { RegionalDomainName: 'regional_domain_name', RegionalHostedZoneId: 'regional_zone_id' },
    properties: {
      ...same('DomainName RegionalCertificateArn SecurityPolicy'),
      EndpointConfiguration: block('endpoint_configuration', same('Types')),
      Tags: pairs('tags'),
    },
  },
  'AWS::ApiGateway::BasePathMapping': {
    type: 'aws_api_gateway_base_path_mapping',
    properties: { ...same('DomainName BasePath'), RestApiId: 'api_id', Stage: 'stage_name' },
  },
  'AWS::ApiGateway::Account': {
    type: 'aws_api_gateway_account',
    properties: { CloudWatchRoleArn: 'cloudwatch_role_arn' },
  },
  'AWS::WAFv2::IPSet': {
    type: 'aws_wafv2_ip_set',
    attributes: { Arn: 'arn' },
    properties: {
      ...same('Addresses Description Name Scope'),
      IPAddressVersion: 'ip_address_version',
      Tags: pairs('tags'),
    },
    complete: named,
  },
  'AWS::WAFv2::WebACL': {
    type: 'aws_wafv2_web_acl',
    attributes: { Arn: 'arn' },
    properties: {
      ...same('Description Name Scope'),
      DefaultAction: plainAction('default_action'),
      Rules: block('rule', {
        ...same('Name Priority'),
        Action: plainAction('action'),
        OverrideAction: plainAction('override_action'),
        Statement: block('statement', STATEMENT),
        VisibilityConfig: VISIBILITY,
      }),
      VisibilityConfig: VISIBILITY,
      Tags: pairs('tags'),
    },
    complete: named,
  },
  'AWS::WAFv2::WebACLAssociation': {
    type: 'aws_wafv2_web_acl_association',
    properties: { ResourceArn: 'resource_arn', WebACLArn: 'web_acl_arn' },
  },
};
