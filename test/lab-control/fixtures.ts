/** Parts of small templates under test. */

export const ref = (Ref: string) => ({ Ref });
export const att = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });

/** A network with two subnets in two zones. */
export const network = {
  Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
  SubnetA: subnet('10.0.0.0/24', 'use2-az1'),
  SubnetB: subnet('10.0.1.0/24', 'use2-az2'),
  Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'any', VpcId: ref('Vpc') } },
};

function subnet(CidrBlock: string, AvailabilityZoneId: string) {
  return { Type: 'AWS::EC2::Subnet', Properties: { VpcId: ref('Vpc'), CidrBlock, AvailabilityZoneId } };
}
