import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Role } from 'aws-cdk-lib/aws-iam';
import { ChaosExperiments, type ChaosExperimentsProps } from '../../../constructs';

const CLUSTER = 'arn:aws:rds:us-east-2:000000000000:cluster:shop';
function templateOf(props: Partial<ChaosExperimentsProps> = {}): Template {
  const stack = new Stack(new App(), 'Stack', { env: { account: '000000000000', region: 'us-east-2' } });
  new ChaosExperiments(stack, 'Chaos', {
    application: 'shop',
    stopAlarms: [Alarm.fromAlarmName(stack, 'Users', 'shop-slo-place-order-fast')],
    zone: 'us-east-2a',
    cloneTag: { key: 'application', value: 'shop' },
    ...props,
  });
  return Template.fromStack(stack);
}
const everything = () => {
  const stack = new Stack(new App(), 'Other');
  return {
    databaseCluster: CLUSTER,
    cacheGroup: 'arn:aws:elasticache:us-east-2:000000000000:replicationgroup:shop',
    subnets: ['arn:aws:ec2:us-east-2:000000000000:subnet/subnet-1'],
    otherRegion: 'us-west-2',
    throttledRole: Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::000000000000:role/shop'),
  };
};
const experiments = (template: Template) =>
  Object.values(template.findResources('AWS::FIS::ExperimentTemplate')).map(({ Properties }) => Properties);

test('ten experiments, each with a stop condition, a log, and targets that fail it when they are nobody', () => {
  const all = experiments(templateOf(everything()));
  expect(all.map(({ Tags }) => Tags['holdfast:experiment']).sort()).toEqual([
    'api-throttle',
    'aurora-failover',
    'cache-failover',
    'cpu-stress',
    'cross-region-disconnect',
    'dependency-black-hole',
    'instance-stop',
    'network-latency',
    'packet-loss',
    'zone-power-loss',
  ]);
  for (const { StopConditions, ExperimentOptions, LogConfiguration, Actions, Targets } of all) {
    expect(StopConditions).toEqual([{ Source: 'aws:cloudwatch:alarm', Value: expect.anything() }]);
    expect(ExperimentOptions.EmptyTargetResolutionMode).toBe('fail');
    expect(LogConfiguration.CloudWatchLogsConfiguration).toBeDefined();
    // Every action has exactly the targets that the template declares.
    const used = Object.values(Actions as Record<string, { Targets: Record<string, string> }>).flatMap(
      ({ Targets: own }) => Object.values(own),
    );
    expect(used.sort()).toEqual(Object.keys(Targets).sort());
  }
});

test('BP-64: tags find running clones alone, and ARNs are whole', () => {
  for (const { Targets } of experiments(templateOf(everything())))
    for (const target of Object.values(
      Targets as Record<string, { ResourceArns?: unknown[]; Filters?: unknown[] }>,
    )) {
      if (target.ResourceArns === undefined)
        expect(target.Filters).toContainEqual({ Path: 'State.Name', Values: ['running'] });
      else expect(JSON.stringify(target.ResourceArns)).not.toContain('*');
    }
});

test('BP-64: what can last ends by itself', () => {
  const lasting = experiments(templateOf({ ...everything(), duration: Duration.minutes(7) })).map(
    ({ Actions, Tags }) => [Tags['holdfast:experiment'], JSON.stringify(Actions).match(/PT\d+M/g)],
  );
  expect(Object.fromEntries(lasting)).toMatchObject({
    'zone-power-loss': ['PT7M'],
    'instance-stop': ['PT7M'],
    'cpu-stress': ['PT9M'],
    'cache-failover': ['PT7M'],
    'cross-region-disconnect': ['PT7M'],
  });
});

test('what was not given is not struck, and the role may not either', () => {
  const template = templateOf();
  expect(experiments(template)).toHaveLength(6);
  const text = JSON.stringify(template.findResources('AWS::IAM::Policy'));
  expect(text).not.toMatch(/rds:|elasticache:|CreateRoute|InjectApi/);
  expect(text).toContain('aws:ResourceTag/application');
});

test.each<[string, Partial<ChaosExperimentsProps>, string]>([
  ['no stop alarm', { stopAlarms: [] }, 'stopAlarms'],
  ['an hour and more', { duration: Duration.hours(2) }, 'duration (minutes)'],
  ['a port that is none', { dependencyPort: 0 }, 'dependencyPort'],
])('refuses %s', (_what, props, path) => {
  expect(() => templateOf(props)).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ path })] }),
  );
});
