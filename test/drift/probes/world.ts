import type { LiveGlobalCluster, LiveReads, Rollout, StackResource } from '../../../lib/drift';
import { askAccount } from '../../../lib/drift/account/request';
import type { JsonObject } from '../../../lib/drift/compare/values';
import type { Finding, Json } from '../../../lib/drift/model';
import type { LiveGlobalDatastore } from '../../../lib/drift/probes/port';
import { runDrift } from '../../../lib/drift/run';
import type { RegisterRecord } from '../../../lib/runtime/register/register';
import { ACCOUNT, InstantClock, MemoryAccount, type MemoryStack } from '../account/memory';
import { resource, template } from '../judged';

export const [EAST, WEST] = ['us-east-2', 'us-west-2'] as const;
export const REGIONS = [EAST, WEST] as const;
const group = (region: string, colour: string) =>
  `arn:aws:elasticloadbalancing:${region}:${ACCOUNT}:targetgroup/orders-${colour}/1`;
const cluster = (region: string) => `arn:aws:rds:${region}:${ACCOUNT}:cluster:orders-${region}`;
const forwards = (region: string, blue: number, green: number, third?: number): Json[] => [
  {
    ...{ Type: 'forward', Order: 1 },
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: group(region, 'blue'), Weight: blue },
        { TargetGroupArn: group(region, 'green'), Weight: green },
        ...(third === undefined ? [] : [{ TargetGroupArn: group(region, 'third'), Weight: third }]),
      ],
    },
  },
];

export { cluster, forwards };

/** What a Region declares, in the form of the blueprint. */
function declared(region: string): JsonObject {
  const isSeed = region === EAST;
  const gate = (more: JsonObject) =>
    resource('AWS::Route53::HealthCheck', {
      HealthCheckConfig: {
        Type: 'HTTPS',
        Port: 443,
        FullyQualifiedDomainName: `gate-${region}.orders.example.com`,
        RequestInterval: 10,
        ...more,
      },
    });
  return template(
    {
      Blue: resource('AWS::ElasticLoadBalancingV2::TargetGroup', { Name: 'orders-blue' }),
      Green: resource('AWS::ElasticLoadBalancingV2::TargetGroup', { Name: 'orders-green' }),
      Listener: resource('AWS::ElasticLoadBalancingV2::Listener', {
        Port: 443,
        DefaultActions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: { Ref: 'Blue' }, Weight: 100 },
                { TargetGroupArn: { Ref: 'Green' }, Weight: 0 },
              ],
            },
          },
        ],
      }),
      Clones: resource('AWS::AutoScaling::AutoScalingGroup', {
        AutoScalingGroupName: 'orders-blue',
        MinSize: '2',
        MaxSize: '12',
      }),
      Worker: resource('AWS::Lambda::Function', {}),
      Mapping: resource('AWS::Lambda::EventSourceMapping', {
        FunctionName: { 'Fn::GetAtt': ['Worker', 'Arn'] },
        BatchSize: 5,
      }),
      Turning: resource('AWS::Lambda::EventSourceMapping', {
        FunctionName: { Ref: 'Worker' },
        Enabled: isSeed,
      }),
      Own: gate({}),
      Not: gate({ Inverted: true }),
      Turn: resource('AWS::Route53::HealthCheck', {
        HealthCheckConfig: {
          ...{ Type: 'CALCULATED', HealthThreshold: 2 },
          ChildHealthChecks: [
            { 'Fn::GetAtt': ['Own', 'HealthCheckId'] },
            { 'Fn::GetAtt': ['Not', 'HealthCheckId'] },
          ],
        },
      }),
      Record: resource('AWS::Route53::RecordSet', {
        ...{ HostedZoneId: 'Z1', Name: 'orders.example.com', Type: 'A', SetIdentifier: region },
        Failover: isSeed ? 'PRIMARY' : 'SECONDARY',
        AliasTarget: { DNSName: { 'Fn::ImportValue': 'balancer' }, HostedZoneId: 'Z2' },
        ...(isSeed ? { HealthCheckId: { 'Fn::GetAtt': ['Turn', 'HealthCheckId'] } } : {}),
      }),
      Cluster: resource('AWS::RDS::DBCluster', { GlobalClusterIdentifier: 'orders-global' }),
      ...(isSeed ? { Global: resource('AWS::RDS::GlobalCluster', { DeletionProtection: true }) } : {}),
      Cache: resource(
        'AWS::ElastiCache::ReplicationGroup',
        isSeed ? {} : { GlobalReplicationGroupId: 'store' },
      ),
      ...(isSeed
        ? {
            Store: resource('AWS::ElastiCache::GlobalReplicationGroup', {
              Members: [
                {
                  ...{ ReplicationGroupId: { Ref: 'Cache' }, Role: 'PRIMARY' },
                  ReplicationGroupRegion: { Ref: 'AWS::Region' },
                },
              ],
            }),
          }
        : {}),
      App: resource('AWS::AppConfig::Application', { Name: 'orders' }),
      Live: resource('AWS::AppConfig::Environment', { Name: 'live' }),
      Profile: resource('AWS::AppConfig::ConfigurationProfile', { Name: 'service' }),
      Version: resource('AWS::AppConfig::HostedConfigurationVersion', {}),
      Rollout: resource('AWS::AppConfig::Deployment', {
        ...{ ApplicationId: { Ref: 'App' }, EnvironmentId: { Ref: 'Live' } },
        ...{ ConfigurationProfileId: { Ref: 'Profile' }, ConfigurationVersion: { Ref: 'Version' } },
      }),
    },
    {
      Metadata: {
        'Holdfast::LiveSettings': {
          '/orders/live/weights': { kind: 'weights', minimum: 0, maximum: 999 },
          '/orders/live/floor/orders-blue': { kind: 'number', minimum: 0, maximum: 100 },
        },
      },
    },
  );
}

const PHYSICAL = (region: string): Readonly<Record<string, string>> => ({
  ...{
    Blue: group(region, 'blue'),
    Green: group(region, 'green'),
    Listener: `arn:aws:elb:${region}:listener/1`,
  },
  ...{ Clones: 'orders-blue', Worker: 'worker', Cluster: `orders-${region}`, Global: 'orders-global' },
  ...{ Cache: `cache-${region}`, Store: 'store' },
  ...{ App: 'app', Live: 'env', Profile: 'profile', Version: '1', Rollout: '1' },
});

const caches = (primary: string): LiveGlobalDatastore => ({
  status: 'available',
  members: REGIONS.map(region => ({ ...{ id: `cache-${region}`, region }, isPrimary: region === primary })),
});

/** What runs, for a test to change by hand; born as declared. */
export class World implements LiveReads {
  readonly actionsOf = new Map(REGIONS.map(region => [region as string, forwards(region, 100, 0)]));
  readonly groups = new Map<string, Json>(
    REGIONS.map(region => [`${region} orders-blue`, { MinSize: 2, MaxSize: 12, DesiredCapacity: 4 }]),
  );
  readonly names: string[] = [];
  readonly settings = new Map<string, string>(
    REGIONS.map(region => [`${region} /orders/live/weights`, '{"blue":100,"green":0}']),
  );
  readonly mappings = new Map<string, Json>(
    REGIONS.flatMap(region => [
      [
        `${region} Mapping`,
        { State: 'Enabled', FunctionName: `arn:aws:lambda:${region}:1:function:worker`, BatchSize: 5 },
      ],
      [
        `${region} Turning`,
        {
          State: region === EAST ? 'Enabled' : 'Disabled',
          FunctionName: `arn:aws:lambda:${region}:1:function:worker`,
        },
      ],
    ]),
  );
  readonly recordSets: Json[] = REGIONS.map((region, at) => ({
    ...{
      Name: 'orders.example.com.',
      Type: 'A',
      SetIdentifier: region,
      Failover: at === 0 ? 'PRIMARY' : 'SECONDARY',
    },
    AliasTarget: { DNSName: `Balancer-${region}.elb.`, HostedZoneId: 'Z2', EvaluateTargetHealth: false },
    ...(at === 0 ? { HealthCheckId: `${region} Turn` } : {}),
  }));
  readonly checks = new Map<string, Json>(
    REGIONS.flatMap(region => {
      const gate = {
        Type: 'HTTPS',
        Port: 443,
        FullyQualifiedDomainName: `gate-${region}.orders.example.com`,
        RequestInterval: 10,
        EnableSNI: true,
      };
      return [
        [`${region} Own`, { ...gate, Inverted: false }],
        [`${region} Not`, { ...gate, Inverted: true, Disabled: false }],
        [
          `${region} Turn`,
          {
            Type: 'CALCULATED',
            HealthThreshold: 2,
            ChildHealthChecks: [`${region} Own`, `${region} Not`].reverse(),
          },
        ],
      ];
    }),
  );
  global: LiveGlobalCluster | undefined = {
    ...{ moving: false, deletionProtection: true },
    members: [
      { arn: cluster(EAST), isWriter: true },
      { arn: cluster(WEST), isWriter: false },
    ],
  };
  datastore: LiveGlobalDatastore | undefined = caches(EAST);
  readonly deployments = new Map<string, Rollout[]>(
    REGIONS.map(region => [region, [{ number: 1, profile: 'service', version: '1', state: 'COMPLETE' }]]),
  );
  readonly contents = new Map<string, string>(REGIONS.map(region => [`${region} 1`, 'first']));
  record: RegisterRecord | undefined = { epoch: 1, phase: 'active', region: EAST };
  /** Thrown instead of the exports. */
  exportsFail: Error | undefined;
  /** What is thrown by a method, by its name. */
  readonly fails = new Map<keyof LiveReads, Error>();

  /** What a move by a drill leaves behind. */
  failOver(): void {
    this.record = { epoch: 2, phase: 'active', region: WEST };
    this.write(WEST);
    this.turn(WEST);
    this.cache(WEST);
  }
  /** The primary of the cache moves. */
  cache(to: string): void {
    this.datastore = caches(to);
  }
  /** The writer moves. */
  write(to: string): void {
    const members = REGIONS.map(region => ({ arn: cluster(region), isWriter: region === to }));
    this.global = { moving: false, deletionProtection: true, members };
  }
  /** The mapping that carries the role follows it. */
  turn(to: string): void {
    for (const region of REGIONS)
      this.change('mappings', `${region} Turning`, { State: region === to ? 'Enabled' : 'Disabled' });
  }
  /** Changes a part of something by hand. */
  change(what: 'mappings' | 'checks' | 'groups', name: string, part: JsonObject): void {
    this[what].set(name, { ...(this[what].get(name) as JsonObject), ...part });
  }

  private answer<T>(method: keyof LiveReads, value: T): Promise<T> {
    const error = this.fails.get(method);
    return error === undefined ? Promise.resolve(value) : Promise.reject(error);
  }
  actions = (region: string) => this.answer('actions', this.actionsOf.get(region));
  group = (region: string, name: string) => this.answer('group', this.groups.get(`${region} ${name}`));
  groupNames = (_region: string, beginning: string) =>
    this.answer(
      'groupNames',
      this.names.filter(name => name.startsWith(beginning)),
    );
  setting = (region: string, name: string) => this.answer('setting', this.settings.get(`${region} ${name}`));
  mapping = (_region: string, id: string) => this.answer('mapping', this.mappings.get(id));
  records = () => this.answer('records', this.recordSets);
  healthCheck = (_region: string, id: string) => this.answer('healthCheck', this.checks.get(id));
  globalCluster = () => this.answer('globalCluster', this.global);
  globalDatastore = () => this.answer('globalDatastore', this.datastore);
  rollouts = (region: string) => this.answer('rollouts', this.deployments.get(region) ?? []);
  digest = (region: string, { version }: { version: string }) =>
    this.answer('digest', this.contents.get(`${region} ${version}`));
  register = () => this.answer('register', this.record);

  /** Everything that a run finds. */
  async findings(more: Readonly<Record<string, MemoryStack>> = {}): Promise<readonly Finding[]> {
    return (await this.report(more)).findings;
  }

  async report(more: Readonly<Record<string, MemoryStack>> = {}) {
    const stacks = Object.fromEntries(REGIONS.map(region => [`${region}/orders`, stackOf(region)]));
    const account = new MemoryAccount({ ...stacks, ...more });
    account.stacks.exports = async region => {
      if (this.exportsFail !== undefined) throw this.exportsFail;
      return new Map([['balancer', `balancer-${region}.elb`]]);
    };
    const { sources, facts } = await askAccount(
      { live: true },
      {
        account: Object.assign(account, { live: this }),
        stacks: REGIONS.map(region => ({ region, stack: 'orders' })),
        ...{
          regions: REGIONS,
          clock: new InstantClock(),
          signal: new AbortController().signal,
          random: () => 0,
        },
      },
    );
    return runDrift(sources, { facts });
  }

  /** Class, rule, Region and resource of what is found, sorted. */
  async said(more: Readonly<Record<string, MemoryStack>> = {}): Promise<readonly string[]> {
    return (await this.findings(more))
      .map(({ class: kind, rule, region, resource: id }) => `${kind} ${rule} ${region} ${id}`)
      .sort();
  }
}

function stackOf(region: string): MemoryStack {
  const made = declared(region);
  const physical = PHYSICAL(region);
  const resources = Object.entries(made.Resources as JsonObject).map(
    ([id, value]): StackResource => ({
      id,
      type: String((value as JsonObject).Type),
      physicalId: physical[id] ?? `${region} ${id}`,
    }),
  );
  return { template: made, resources };
}
