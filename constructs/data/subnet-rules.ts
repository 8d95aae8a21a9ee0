import { Token } from 'aws-cdk-lib';
import { type IVpc, type SubnetSelection, SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { Rule } from '../validation';

/** Subnets of data: those asked for, or the isolated ones. */
export const dataSubnets = (props: { readonly vpc: IVpc; readonly vpcSubnets?: SubnetSelection }): string[] =>
  props.vpc.selectSubnets(props.vpcSubnets ?? { subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds;

/** A rule for the number of subnets; AWS refuses another one at deploy only. */
export function subnetRule(
  props: { readonly vpc: IVpc; readonly vpcSubnets?: SubnetSelection },
  most = Number.POSITIVE_INFINITY,
): Rule {
  const subnets = dataSubnets(props);
  if (Token.isUnresolved(subnets) || (subnets.length >= 2 && subnets.length <= most)) return undefined;
  return {
    path: 'vpcSubnets',
    received: subnets.length,
    message: 'not a number of subnets that survives the loss of a zone and that AWS takes',
    fix: `select one subnet in each of ${Number.isFinite(most) ? `2 to ${most}` : 'at least 2'} zones`,
  };
}
