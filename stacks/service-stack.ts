import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type Alarm, ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type IConnectable, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { QueueWorker } from '../constructs/async/queue-worker';
import { ArtifactSynthesizer } from '../constructs/compute/artifact-synthesizer';
import { CloneGroup } from '../constructs/compute/clone-group';
import { ConfigRollout } from '../constructs/config/config-rollout';
import { LiveSettingsController } from '../constructs/config/live-settings-controller';
import type { CacheTier } from '../constructs/data/cache-tier';
import { Register } from '../constructs/data/register';
import type { IRegister } from '../constructs/data/register-access';
import type { RegionNetwork } from '../constructs/network/region-network';
import { BlueGreenBalancer } from '../constructs/traffic/blue-green-balancer';
import {
  buildParameterName,
  COLOURS,
  CONFIG_ENVIRONMENT,
  CONFIG_PROFILE,
  type Colour,
  cloneGroupName,
  deadLetterQueueName,
  FLAGS_PROFILE,
  homeScope,
  loadBalancerName,
  queueName,
  registerTableName,
  targetGroupName,
  workerGroupName,
} from '../lib/naming';
import { regionCapacity } from '../regions';
import type { HomeData } from './home-data';
import { artifactBucketOf, homeId, homeNames, type RegionStackProps, stackPropsOf } from './region-context';
import { FLAG_ROLLOUT, SERVICE_CONFIGURATION, SERVICE_FLAGS, SERVICE_SCHEMA } from './service-configuration';
import { DATABASE_USER, serviceEnvironment, withMore, workerEnvironment } from './service-environment';

/** Longest time that a worker takes for one order. */
const PROCESSING_TIME = Duration.seconds(5);
/** What a leaving worker gets for the orders that it has in work, with their retries. */
const DRAIN_TIME = Duration.minutes(2);
/** Orders, waiting or in work, that one worker is to have on average. */
const MESSAGES_PER_WORKER = 100;

/** What the service of a Region stands on. */
export interface ServiceStackProps extends RegionStackProps {
  readonly network: RegionNetwork;
  readonly certificate: ICertificate;
  /** Data of each home. */
  readonly data: readonly HomeData[];
  readonly cache: CacheTier;
  readonly alarmTopic: ITopic;
  /** More environment of clones and workers. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The service of a Region: entry, clones of both colours, queue and workers, configuration. */
export class ServiceStack extends Stack {
  readonly balancer: BlueGreenBalancer;
  readonly clones: Readonly<Record<Colour, CloneGroup>>;
  readonly workers: CloneGroup;
  /** Work queue of each home. */
  readonly queues: readonly QueueWorker[];
  readonly configuration: ConfigRollout;
  /** Keeps weights and capacity floors as the run time has set them. */
  readonly liveSettings: LiveSettingsController;
  /** In alarm while too many answers are errors: it stops rollouts, and pages. */
  readonly errorAlarm: Alarm;
  /** What clones and workers tell, line by line, with the metrics that the alarms watch. */
  readonly processLogs: LogGroup;
  private readonly register: IRegister;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, {
      ...stackPropsOf(props.context, 'service', 'entry, clones, workers and configuration'),
      synthesizer: new ArtifactSynthesizer({ bucketName: artifactBucketOf(props.context) }),
    });
    const { application } = props.context.topology;
    this.register = Register.fromTableName(this, 'Register', registerTableName(application));
    this.queues = props.data.map(({ context: { topology: home } }) => {
      const name = homeScope(application, home.home);
      return new QueueWorker(this, homeId('Work', home), {
        queueName: queueName(name),
        deadLetterQueueName: deadLetterQueueName(name),
        processingTime: PROCESSING_TIME,
      });
    });
    this.balancer = new BlueGreenBalancer(this, 'Balancer', {
      vpc: props.network.vpc,
      vpcSubnets: props.network.publicSubnets,
      certificates: [props.certificate],
      loadBalancerName: loadBalancerName(application),
      targetGroupNames: {
        blue: targetGroupName(application, 'blue'),
        green: targetGroupName(application, 'green'),
      },
    });
    this.errorAlarm = this.createErrorAlarm();
    this.configuration = new ConfigRollout(this, 'Configuration', {
      applicationName: application,
      environmentName: CONFIG_ENVIRONMENT,
      monitors: [this.errorAlarm],
    });
    const configuration = this.configuration.addConfiguration(CONFIG_PROFILE, {
      kind: 'freeform',
      schema: SERVICE_SCHEMA,
      content: SERVICE_CONFIGURATION,
    });
    const flags = this.configuration.addConfiguration(FLAGS_PROFILE, {
      kind: 'feature-flags',
      content: SERVICE_FLAGS,
      strategy: FLAG_ROLLOUT,
    });
    this.processLogs = new LogGroup(this, 'ProcessLogs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const own = serviceEnvironment(props.context, {
      homes: props.data.map((home, index) => ({ ...home, queue: this.queues[index]?.queue })),
      cache: props.cache,
      configuration,
      flags,
      logGroup: this.processLogs,
    });
    const environment = withMore(own, props.environment ?? {});
    this.clones = {
      blue: this.createClones('blue', props, environment),
      green: this.createClones('green', props, environment),
    };
    this.workers = this.createWorkers(props, environment);
    this.liveSettings = new LiveSettingsController(this, 'LiveSettings', {
      application,
      balancer: this.balancer,
      groupNames: [
        ...COLOURS.map(colour => cloneGroupName(application, colour)),
        workerGroupName(application),
      ],
    });
    for (const group of [...COLOURS.map(colour => this.clones[colour]), this.workers])
      this.allow(group, props);
    const ofQueues = this.queues.flatMap(queue => [queue.oldestMessageAlarm, queue.deadLetterAlarm]);
    for (const alarm of [this.errorAlarm, ...ofQueues]) {
      alarm.addAlarmAction(new SnsAction(props.alarmTopic));
    }
  }

  /** Blue is born with the Region's share of the peak, green without a clone; both live on their own afterwards. */
  private createClones(
    colour: Colour,
    { context, network }: ServiceStackProps,
    environment: Readonly<Record<string, string>>,
  ): CloneGroup {
    const { topology, region } = context;
    const capacity = regionCapacity(topology, region);
    const group = new CloneGroup(this, colour === 'blue' ? 'Blue' : 'Green', {
      vpc: network.vpc,
      vpcSubnets: network.privateSubnets,
      groupName: cloneGroupName(topology.application, colour),
      instanceType: topology.capacity.instanceType,
      minimumClones: colour === 'blue' ? capacity.minimumClones : 0,
      maximumClones: capacity.maximumClones,
      buildParameter: buildParameterName(topology.application, cloneGroupName(topology.application, colour)),
      environment,
    });
    this.balancer.attach(colour, group);
    group.scaleOnRequests({ requestsPerClonePerSecond: topology.capacity.requestsPerClone });
    return group;
  }

  private createWorkers(
    { context, network, data }: ServiceStackProps,
    environment: Readonly<Record<string, string>>,
  ): CloneGroup {
    const { topology, region } = context;
    const { workers, maximumClones } = regionCapacity(topology, region);
    const group = new CloneGroup(this, 'Workers', {
      entry: 'worker',
      vpc: network.vpc,
      vpcSubnets: network.privateSubnets,
      groupName: workerGroupName(topology.application),
      instanceType: topology.capacity.instanceType,
      minimumClones: workers,
      maximumClones: Math.max(maximumClones, workers + 1),
      environment: workerEnvironment(environment, data),
      // Clones need no hook: Auto Scaling takes them out of the balancer and waits for their requests by itself.
      lifecycle: { drainTimeout: DRAIN_TIME },
    });
    for (const queue of this.queues) queue.grantConsume(group);
    for (const { reports } of data) reports.grantPut(group);
    const [first, ...others] = this.queues;
    first?.scaleOnBacklog(group.autoScalingGroup, {
      messagesPerWorker: MESSAGES_PER_WORKER,
      together: others.map(({ queue }) => queue),
    });
    return group;
  }

  private allow(group: CloneGroup, { context, data, cache }: ServiceStackProps): void {
    this.register.grantRead(group, { homes: homeNames(context) });
    for (const queue of this.queues) queue.grantSend(group);
    this.configuration.grantRead(group);
    this.processLogs.grantWrite(group);
    for (const { database } of data) database.grantConnect(group, DATABASE_USER);
    cache.grantConnect(group);
    for (const { context: home, database } of data)
      this.letIn(group, database, homeId('Database', home.topology));
    this.letIn(group, cache, 'Cache');
  }

  /** The rule stands in this stack, on the side of whom it lets in: the data stack depends on nothing above it. */
  private letIn(group: CloneGroup, target: IConnectable, name: string): void {
    const { securityGroups, defaultPort } = target.connections;
    for (const { securityGroupId } of securityGroups) {
      const entry = SecurityGroup.fromSecurityGroupId(
        this,
        `${name}EntryOf${group.node.id}`,
        securityGroupId,
      );
      if (defaultPort !== undefined)
        entry.connections.allowFrom(group, defaultPort, `${group.node.id} to ${name}`);
    }
  }

  private createErrorAlarm(): Alarm {
    return new MathExpression({
      expression: 'IF(requests > 20, 100 * (errors + refused) / requests, 0)',
      label: 'Answers that are errors, in percent',
      period: Duration.minutes(1),
      usingMetrics: {
        requests: this.balancer.metricRequestCount(),
        errors: this.balancer.metricTargetErrors(),
        refused: this.balancer.metricBalancerErrors(),
      },
    }).createAlarm(this, 'Errors', {
      alarmDescription: 'More than 5 % of the answers are errors',
      threshold: 5,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
