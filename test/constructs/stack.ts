import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';

/** A stack with account and Region, as every stack of the blueprint has them. */
export function stackIn(region = 'us-east-2', app = new App()): Stack {
  return new Stack(app, `Stack-${region}`, { env: { account: '000000000000', region } });
}

/** A network that stands elsewhere, with isolated subnets in two zones. */
export function networkOf(stack: Stack) {
  return Vpc.fromVpcAttributes(stack, 'Network', {
    vpcId: 'vpc-1',
    availabilityZones: ['zone-1', 'zone-2'],
    privateSubnetIds: ['subnet-p1', 'subnet-p2'],
    isolatedSubnetIds: ['subnet-i1', 'subnet-i2'],
  });
}

/** A key that stands elsewhere. */
export function keyOf(stack: Stack) {
  return Key.fromKeyArn(stack, 'Key', `arn:aws:kms:${stack.region}:000000000000:key/1`);
}

/** Properties of the only resource of that type in the stack. */
export function onlyOf(stack: Stack, type: string): Readonly<Record<string, unknown>> {
  const found = Object.values(Template.fromStack(stack).findResources(type));
  expect(found).toHaveLength(1);
  return found[0]?.Properties ?? {};
}
