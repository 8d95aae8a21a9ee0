import type { DomainName } from 'aws-cdk-lib/aws-apigateway';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnHealthCheck, CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';

/** What the records of a Region point at. */
export interface PlainDnsProps {
  readonly region: string;
  readonly seed: boolean;
  readonly balancer: ApplicationLoadBalancer;
  readonly gate: DomainName;
}

/** Checks and records. */
export class PlainDns extends Construct {
  constructor(scope: Construct, { region, seed, balancer, gate }: PlainDnsProps) {
    super(scope, 'Dns');
    const record = (
      id: string,
      name: string,
      dnsName: string,
      zone: string,
      more: object = {},
    ): CfnRecordSet =>
      new CfnRecordSet(this, id, {
        hostedZoneId: 'Z0000000000PLAIN0000',
        name,
        type: 'A',
        aliasTarget: { dnsName, hostedZoneId: zone, evaluateTargetHealth: false },
        ...more,
      });
    const lb = [balancer.loadBalancerDnsName, balancer.loadBalancerCanonicalHostedZoneId] as const;
    const check = seed ? this.addChecks() : undefined;
    record('Service', 'orders.example.com', ...lb, {
      failover: seed ? 'PRIMARY' : 'SECONDARY',
      setIdentifier: region,
      healthCheckId: check?.ref,
    });
    record('Region', `${region}.orders.example.com`, ...lb);
    record('Gate', gate.domainName, gate.domainNameAliasDomainName, gate.domainNameAliasHostedZoneId);
  }

  private addChecks(): CfnHealthCheck {
    const gates = ['us-east-2', 'us-west-2'].map(
      (region, index) =>
        new CfnHealthCheck(this, `Check${index}`, {
          healthCheckConfig: {
            type: 'HTTPS',
            fullyQualifiedDomainName: `gate-${region}.orders.example.com`,
            inverted: index === 1,
          },
        }),
    );
    return new CfnHealthCheck(this, 'All', {
      healthCheckConfig: {
        type: 'CALCULATED',
        healthThreshold: 2,
        childHealthChecks: gates.map(({ ref }) => ref),
      },
    });
  }
}
