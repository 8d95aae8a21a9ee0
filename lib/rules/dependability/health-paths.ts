import { CONFIG, HEALTH_CHECK, kindOf } from '../parts/health-checks';
import { broken, COMPLIANT, NOT_APPLICABLE, type Rule, unknown } from '../rule';
import type { Resource, Template } from '../template';
import { isHidden, isTrue, type Value } from '../value';

/** DNS and the load balancer ask for the same health. */
export const healthPaths: Rule = {
  id: 'HealthPaths',
  title: 'a DNS health check asks for the path that a target group asks for',
  why: 'where the two differ one can fail alone: the load balancer has no healthy target left and DNS still sends everybody there',
  fix: 'use one path for both, or a check on an endpoint of its own that decides on purpose',
  source: 'barkingiguana.com, aligning ALB and Route 53 health checks for regional failover',
  types: [HEALTH_CHECK],
  evaluate: (check, template) => {
    const targets = template.ofType('AWS::ElasticLoadBalancingV2::TargetGroup').filter(hasPath);
    const kind = kindOf(check);
    if (targets.length === 0 || typeof kind !== 'string' || !kind.startsWith('HTTP')) return NOT_APPLICABLE;
    // An inverted check asks about another endpoint, and so does one on a custom domain of API Gateway.
    if (isTrue(check.at(`${CONFIG}.Inverted`)) || asksGateway(check, template)) return NOT_APPLICABLE;
    const path = `${CONFIG}.ResourcePath`;
    const asked = withDefault(check.at(path));
    const answered = targets.map(target => withDefault(target.at('Properties.HealthCheckPath')));
    if (isHidden(asked)) return unknown(path);
    if (answered.includes(asked)) return COMPLIANT;
    return answered.some(isHidden) ? unknown(path) : broken(path);
  },
};

const withDefault = (path: Value): Value => (path === undefined ? '/' : path);

const hasPath = (target: Resource): boolean => {
  const protocol = target.at('Properties.HealthCheckProtocol') ?? target.at('Properties.Protocol');
  return typeof protocol !== 'string' || protocol.startsWith('HTTP');
};

function asksGateway(check: Resource, template: Template): boolean {
  const host = check.at(`${CONFIG}.FullyQualifiedDomainName`);
  return ['AWS::ApiGatewayV2::DomainName', 'AWS::ApiGateway::DomainName'].some(
    type => template.named(type, host, 'Properties.DomainName') !== undefined,
  );
}
