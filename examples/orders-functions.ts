import path from 'node:path';
import { App, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  FunctionUrlAuthType,
  Function as Handler,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import {
  acknowledge,
  CacheTier,
  ConfigRollout,
  GlobalDatabase,
  QueueWorker,
  RegionNetwork,
  Register,
} from '../constructs';

const DATABASE_USER = 'service';
/** Seconds for which a reading of the register lets a function write: those of the topology. */
const LEASE = Duration.seconds(10);

/** A handler that `npm run build` bundles; an app that has installed the package finds it in the package. */
const bundle = (name: string) =>
  Code.fromAsset(path.join(__dirname, '..', 'dist', 'bundles', name), { exclude: ['*.map'] });

/**
 * The orders service without an instance of its own: the API and the worker as functions, in the Region of birth. They
 * read the register at each invocation, so the same stack in another Region stands by until the register names it.
 */
class OrdersFunctions extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const register = Register.fromTableName(this, 'Register', 'orders-register');
    const { vpc, isolatedSubnets, privateSubnets } = new RegionNetwork(this, 'Network', {
      cidr: '10.44.0.0/16',
      zoneIds: ['use2-az1', 'use2-az2'],
      internetFacing: false,
    });
    const encryptionKey = new Key(this, 'Key', { enableKeyRotation: true });
    const data = { vpc, vpcSubnets: isolatedSubnets, encryptionKey };
    const database = new GlobalDatabase(this, 'Database', {
      ...data,
      member: { kind: 'seed', databaseName: 'orders' },
      globalClusterIdentifier: 'orders-global',
      clusterIdentifier: `orders-${this.region}`,
      engineVersion: '16.6',
      instanceClass: 'db.r7g.large',
    });
    const cache = new CacheTier(this, 'Cache', {
      ...data,
      replicationGroupId: `orders-${this.region}`,
      userName: 'orders-service',
      keyPrefix: 'orders:',
      nodeType: 'cache.r7g.large',
      nodes: 2,
    });
    const queue = new QueueWorker(this, 'Work', {
      queueName: 'orders-work',
      deadLetterQueueName: 'orders-work-dead',
      processingTime: Duration.seconds(5),
      // Six times the longest invocation.
      visibilityTimeout: Duration.minutes(6),
    });
    const { rollout, configuration } = this.configuration();
    const environment = {
      HOLDFAST_APPLICATION: 'orders',
      HOLDFAST_REGISTER_TABLE: register.tableName,
      HOLDFAST_LEASE_SECONDS: String(LEASE.toSeconds()),
      HOLDFAST_DATABASE_HOST: database.clusterEndpointAddress,
      HOLDFAST_DATABASE_READER_HOST: database.readerEndpointAddress,
      HOLDFAST_DATABASE_PORT: String(database.port),
      HOLDFAST_DATABASE_NAME: 'orders',
      HOLDFAST_DATABASE_USER: DATABASE_USER,
      HOLDFAST_DATABASE_AUTH: 'iam',
      HOLDFAST_CACHE_URL: `rediss://${cache.primaryEndpointAddress}:${cache.port}`,
      HOLDFAST_CACHE_AUTH: `iam:${cache.replicationGroupId}:${cache.userName}`,
      HOLDFAST_QUEUE_URL: queue.queue.queueUrl,
      HOLDFAST_CONFIG: configuration,
    };
    const worker = queue.addFunction({
      handlerCode: bundle('orders-worker'),
      register,
      lease: LEASE,
      timeout: Duration.seconds(60),
      environment,
      vpc,
      vpcSubnets: privateSubnets,
    });
    // Between batches the worker sends what was written and turns sagas and read models: with nothing to do, in no time.
    new Rule(this, 'Tick', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(worker, { maxEventAge: Duration.minutes(1), retryAttempts: 0 })],
    });
    const api = this.api({ environment, vpc, vpcSubnets: privateSubnets });
    register.grantRead(api);
    for (const each of [api, worker]) {
      queue.grantSend(each);
      rollout.grantRead(each);
      database.grantConnect(each, DATABASE_USER);
      cache.grantConnect(each);
      database.connections.allowDefaultPortFrom(each);
      cache.connections.allowDefaultPortFrom(each);
    }
    // Callers sign with IAM; for anybody else put an HTTP API with an authorizer, or a balancer, before the function.
    api.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
  }

  private configuration() {
    const errors = this.formatArn({ service: 'cloudwatch', resource: 'alarm:orders-errors' });
    const rollout = new ConfigRollout(this, 'Configuration', {
      applicationName: 'orders',
      environmentName: 'live',
      monitors: [Alarm.fromAlarmArn(this, 'Errors', errors)],
    });
    const configuration = rollout.addConfiguration('service', {
      kind: 'freeform',
      schema: { type: 'object', properties: { fulfilmentPaused: { type: 'boolean' } } },
      content: { fulfilmentPaused: false },
    });
    return { rollout, configuration };
  }

  private api(options: Pick<ConstructorParameters<typeof Handler>[2], 'environment' | 'vpc' | 'vpcSubnets'>) {
    const role = new Role(this, 'ApiRole', { assumedBy: new ServicePrincipal('lambda') });
    const interfaces = new Policy(this, 'ApiInterfaces', {
      roles: [role],
      statements: [new PolicyStatement({ actions: INTERFACES, resources: ['*'] })],
    });
    acknowledge(
      interfaces,
      'AwsSolutions-IAM5[Resource::*]',
      'Network interfaces of a function know no resource when they are made',
    );
    const logGroup = new LogGroup(this, 'ApiLogs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    return new Handler(this, 'Api', {
      ...options,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: bundle('orders-api'),
      role,
      logGroup,
      memorySize: 1024,
      timeout: Duration.seconds(20),
    });
  }
}

const INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Adds the stack of the Region of birth. */
export function build(app: App): Stack {
  return new OrdersFunctions(app, 'orders-functions', {
    env: { account: '111111111111', region: 'us-east-2' },
  });
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
