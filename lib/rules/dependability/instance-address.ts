import { gravest, type Rule, unknown, whether } from '../rule';
import { asList, isHidden, isTrue } from '../value';

/** Instances have no public address. */
export const instanceAddress: Rule = {
  id: 'InstanceAddress',
  title: 'a launch template gives no public address',
  why: 'an instance that the internet reaches past the load balancer escapes its limits, health checks and traffic shifts',
  fix: 'set AssociatePublicIpAddress to false and put the instances into private subnets',
  source: 'law 9; Amazon VPC, IP addressing',
  types: ['AWS::EC2::LaunchTemplate'],
  evaluate: template => {
    const path = 'Properties.LaunchTemplateData.NetworkInterfaces';
    const interfaces = template.at(path);
    if (isHidden(interfaces)) return unknown(path);
    return gravest([
      ...asList(interfaces).map((_interface, index) =>
        whether(template, `${path}.${index}.AssociatePublicIpAddress`, value => !isTrue(value)),
      ),
      { state: 'compliant' },
    ]);
  },
};
