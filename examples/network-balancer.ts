import { App, Duration, Stack } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { CloneGroup, NetworkBalancer, RegionNetwork } from '../constructs';

/** Clones that end TLS themselves behind a balancer of layer 4, and workers that start with the first message. */
export function build(app: App): Stack {
  const stack = new Stack(app, 'network-balancer', { env: { account: '111111111111', region: 'us-east-2' } });
  const { vpc, privateSubnets } = new RegionNetwork(stack, 'Network', {
    cidr: '10.44.0.0/16',
    zoneIds: ['use2-az1', 'use2-az2'],
    interfaceEndpoints: [],
  });
  const balancer = new NetworkBalancer(stack, 'Balancer', { vpc, port: 8443 });
  const clones = new CloneGroup(stack, 'Clones', {
    vpc,
    vpcSubnets: privateSubnets,
    minimumClones: 2,
    maximumClones: 8,
    port: 8443,
  });
  balancer.attach('blue', clones);
  const workers = new CloneGroup(stack, 'Workers', {
    vpc,
    vpcSubnets: privateSubnets,
    entry: 'worker',
    groupName: 'ledger-worker',
    minimumClones: 0,
    maximumClones: 8,
    update: { strategy: 'refresh' },
    lifecycle: { drainTimeout: Duration.minutes(30) },
    warmPool: { maximumPrepared: 4 },
  });
  const dead = new Queue(stack, 'Dead', { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true });
  const queue = new Queue(stack, 'Queue', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    deadLetterQueue: { queue: dead, maxReceiveCount: 5 },
  });
  queue.grantConsumeMessages(workers);
  workers.scaleOnQueue({ queue, messagesPerClone: 100 });
  return stack;
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
