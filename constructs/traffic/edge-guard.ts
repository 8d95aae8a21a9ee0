import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { KEEP_ONCE_BORN } from '../removal';
import { assertRules } from '../validation';
import type { EdgeGuardProps } from './edge-guard-props';
import { edgeGuardRules, keyHeaderOf, visibility, webAclRules } from './edge-guard-rules';

/**
 * Keeps floods and known attacks away from a Region's entry: a web ACL with limits per client and per API key, limits
 * of size, and the groups of rules that AWS keeps. What it sees is logged without the callers' secrets.
 *
 * Quotas of AWS WAF to know: one web ACL a resource, 5000 capacity units an ACL (1500 without extra charge; the
 * defaults here take about 1000, of which the common rules are 700), a rate-based rule tracks up to 10,000 of its most
 * frequent addresses or keys at once, and blocks within about half a minute
 * (https://docs.aws.amazon.com/waf/latest/developerguide/limits.html).
 */
export class EdgeGuard extends Construct {
  readonly webAcl: CfnWebACL;
  /** Where requests are logged; the name begins with `aws-waf-logs-`, as WAF demands. */
  readonly logGroup: LogGroup;
  private readonly guardName: string;

  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: EdgeGuardProps) {
    super(scope, id);
    assertRules(`EdgeGuard ${this.node.path}`, edgeGuardRules(props));
    this.guardName = props.name;
    this.webAcl = new CfnWebACL(this, 'WebAcl', {
      name: props.name,
      description: `Guard ${this.node.path}`.replace(/[^\w+=:#@/\-,. ]/g, '-'),
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rules: webAclRules(props),
      visibilityConfig: visibility(props.name),
    });
    this.logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `aws-waf-logs-${props.name}`,
      retention: RetentionDays.THREE_MONTHS,
      encryptionKey: props.logEncryptionKey,
      removalPolicy: KEEP_ONCE_BORN,
    });
    this.log(props);
    props.resourceArns.forEach((resourceArn, at) => {
      new CfnWebACLAssociation(this, `Association${at}`, { resourceArn, webAclArn: this.webAcl.attrArn });
    });
  }

  /** Requests refused; sum, by one rule or by all of them. */
  metricBlockedRequests(rule = 'ALL', props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('BlockedRequests', rule, props);
  }

  /** Requests counted, as in mode `count`; sum, by one rule or by all of them. */
  metricCountedRequests(rule = 'ALL', props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('CountedRequests', rule, props);
  }

  private metric(metricName: string, rule: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/WAFV2',
      metricName,
      dimensionsMap: {
        WebACL: this.guardName,
        Region: Stack.of(this).region,
        Rule: rule === 'ALL' ? rule : `${this.guardName}-${rule}`,
      },
      period: Duration.minutes(1),
      statistic: 'Sum',
      ...props,
    });
  }

  private log(props: EdgeGuardProps): void {
    const secret = ['authorization', 'cookie', keyHeaderOf(props), ...(props.redactedHeaders ?? [])];
    const logging = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAcl.attrArn,
      // WAF takes the ARN without the `:*` at the end that CloudFormation gives it.
      logDestinationConfigs: [
        Stack.of(this).formatArn({
          service: 'logs',
          resource: `log-group:aws-waf-logs-${props.name}`,
        }),
      ],
      redactedFields: [...new Set(secret.map(name => name.toLowerCase()))].map(Name => ({
        singleHeader: { Name },
      })),
    });
    logging.node.addDependency(this.logGroup);
  }
}
