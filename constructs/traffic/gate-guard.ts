import { CfnIPSet, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { ROUTE53_CHECKER_RANGES } from '../../regions/route53-checkers';

/**
 * Lets Route 53's checkers and the given ranges reach a stage of a REST API, and nobody else: who could exhaust a gate
 * could turn DNS. WAF judges a request before the stage's throttle counts it.
 */
export function guardGate(parent: Construct, stageArn: string, allowedCidrs: readonly string[]): CfnWebACL {
  const scope = new Construct(parent, 'Guard');
  const allowed = new CfnIPSet(scope, 'Allowed', {
    description: 'Health checkers of Route 53, and operators',
    scope: 'REGIONAL',
    ipAddressVersion: 'IPV4',
    addresses: [...ROUTE53_CHECKER_RANGES, ...allowedCidrs],
  });
  const webAcl = new CfnWebACL(scope, 'WebAcl', {
    description: 'Who may ask the gate',
    scope: 'REGIONAL',
    defaultAction: { block: {} },
    rules: [
      {
        name: 'Allowed',
        priority: 0,
        action: { allow: {} },
        statement: { ipSetReferenceStatement: { arn: allowed.attrArn } },
        visibilityConfig: visibility('Allowed'),
      },
    ],
    visibilityConfig: visibility('Gate'),
  });
  new CfnWebACLAssociation(scope, 'Association', { resourceArn: stageArn, webAclArn: webAcl.attrArn });
  return webAcl;
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
