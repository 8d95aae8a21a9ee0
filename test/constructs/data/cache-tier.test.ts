import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CacheTier } from '../../../constructs/data/cache-tier';
import type { CacheTierProps } from '../../../constructs/data/cache-tier-props';
import { keyOf, networkOf, onlyOf, stackIn } from '../stack';

function declare(stack: Stack, props: Partial<CacheTierProps> = {}): CacheTier {
  return new CacheTier(stack, 'Cache', {
    replicationGroupId: 'orders-us-east-2',
    userName: 'orders-service',
    keyPrefix: 'orders:',
    nodeType: 'cache.r7g.large',
    vpc: networkOf(stack),
    encryptionKey: keyOf(stack),
    ...props,
  });
}

test('is encrypted both ways and survives the loss of a node and of a zone', () => {
  const stack = stackIn();
  declare(stack);
  expect(onlyOf(stack, 'AWS::ElastiCache::ReplicationGroup')).toMatchObject({
    Engine: 'valkey',
    NumCacheClusters: 2,
    AutomaticFailoverEnabled: true,
    MultiAZEnabled: true,
    TransitEncryptionEnabled: true,
    AtRestEncryptionEnabled: true,
    KmsKeyId: 'arn:aws:kms:us-east-2:000000000000:key/1',
  });
});

test('knows one user, by IAM, on the keys of the application alone', () => {
  const stack = stackIn();
  declare(stack);
  const user = onlyOf(stack, 'AWS::ElastiCache::User');
  expect(user).toMatchObject({ UserId: 'orders-service', AuthenticationMode: { Type: 'iam' } });
  expect(user.AccessString).toContain('~orders:*');
  expect(user).not.toHaveProperty('Passwords');
  expect(onlyOf(stack, 'AWS::ElastiCache::ReplicationGroup')).not.toHaveProperty('AuthToken');
});

test('grants sign-in to the group and as the user', () => {
  const stack = stackIn();
  const role = new Role(stack, 'Clone', { assumedBy: new ServicePrincipal('ec2') });
  declare(stack).grantConnect(role);
  const text = JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(text).toContain('elasticache:Connect');
  expect(text).toContain(':elasticache:us-east-2:000000000000:replicationgroup:orders-us-east-2');
  expect(text).toContain(':elasticache:us-east-2:000000000000:user:orders-service');
});

test.each<[string, Partial<CacheTierProps>, RegExp]>([
  ['automatic failover with one node (BP-07)', { nodes: 1 }, /automatic failover needs a replica/],
  [
    'several zones without failover',
    { nodes: 2, automaticFailover: false, multiAz: true },
    /need automatic failover/,
  ],
  ['seven nodes', { nodes: 7 }, /nodes: not a whole number in range, received 7/],
  ['a group id in capitals', { replicationGroupId: 'Orders' }, /replicationGroupId/],
  ['a key prefix that is a pattern', { keyPrefix: 'orders*' }, /keyPrefix/],
])('refuses %s', (_case, props, message) => {
  expect(() => declare(stackIn(), props)).toThrow(message);
});

test('one node is possible when it is meant', () => {
  const stack = stackIn();
  declare(stack, { nodes: 1, automaticFailover: false });
  expect(onlyOf(stack, 'AWS::ElastiCache::ReplicationGroup')).toMatchObject({
    AutomaticFailoverEnabled: false,
    MultiAZEnabled: false,
  });
});
