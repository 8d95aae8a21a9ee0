import { LAYERS } from '../../lib/naming';
import { example, templatesOf, typesOf } from './example';

const REGIONS = ['us-east-2', 'us-west-2'];
const templates = templatesOf();
const all = Object.entries(templates);

test('every Region has the six stacks, in the order of their birth', () => {
  expect(Object.keys(templates)).toEqual(
    REGIONS.flatMap(region => LAYERS.map(layer => `${region}/${layer}`)),
  );
});

describe('law 1: which Region is active is no property of a template', () => {
  test('the same topology gives the same bytes', () => {
    expect(templatesOf()).toEqual(templates);
  });

  test.each(all)('%s says nothing of a role', (_name, { text }) => {
    expect(text).not.toMatch(
      /HOLDFAST_(ACTIVE|ROLE|EPOCH|PRIMARY|STANDBY)|"(active|standby|primaryRegion)"/i,
    );
  });

  test('no group has a desired capacity that a deploy would restore', () => {
    const groups = all.flatMap(([, { Resources }]) =>
      Object.values(Resources).filter(({ Type }) => Type === 'AWS::AutoScaling::AutoScalingGroup'),
    );
    expect(groups).toHaveLength(6);
    expect(groups.filter(({ Properties }) => 'DesiredCapacity' in Properties)).toEqual([]);
  });
});

describe('law 3: a Region stands alone', () => {
  test.each(REGIONS)('%s synthesizes alone to the same bytes', region => {
    const alone = templatesOf(example(), region);
    expect(alone).toEqual(Object.fromEntries(all.filter(([name]) => name.startsWith(`${region}/`))));
  });

  test.each(REGIONS)('%s does not change with the other’s network or zones', region => {
    const topology = example();
    const changed = topology.regions.map(other =>
      other.name === region ? other : { ...other, cidr: '10.99.0.0/16', zones: other.zones.toReversed() },
    );
    const alone = templatesOf(example({ regions: changed }), region);
    expect(alone).toEqual(Object.fromEntries(all.filter(([name]) => name.startsWith(`${region}/`))));
  });

  test.each(all)('%s needs no value of another Region', (name, { text }) => {
    expect(text).not.toMatch(/Fn::GetStackOutput|crossRegion|ExportReader|ExportWriter/i);
    const other = REGIONS.find(region => !name.startsWith(region)) ?? '';
    const arns = text.match(new RegExp(`:[a-z0-9-]+:${other}:\\d{12}:[^"]*`, 'g')) ?? [];
    // The operator's role suffices for every Region, and the dashboard over all shows the alarms of each: names from the
    // topology in a policy and in a picture, and no reference.
    const byName = name.endsWith('/operations')
      ? /^:(rds|rds-db|dynamodb|autoscaling|ssm|sqs):|^:cloudwatch:[^:]+:\d+:alarm:orders-slo-/
      : /^$/;
    expect(arns.filter(arn => !byName.test(arn))).toEqual([]);
  });
});

describe('parity: Regions differ in what birth decides and in nothing else', () => {
  const ALLOWED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    foundation: { 'AWS::DynamoDB::GlobalTable': 1 },
    data: { 'AWS::RDS::GlobalCluster': 1, 'AWS::SecretsManager::Secret': 1 },
    dns: { 'AWS::Route53::HealthCheck': 3 },
  };

  test.each(LAYERS)('%s', layer => {
    const [seed, standby] = REGIONS.map(region => typesOf(templates[`${region}/${layer}`]));
    const more = Object.entries(seed ?? {}).filter(([type, count]) => standby?.[type] !== count);
    expect(Object.fromEntries(more)).toEqual(ALLOWED[layer] ?? {});
    expect(Object.keys(standby ?? {}).filter(type => seed?.[type] === undefined)).toEqual([]);
  });
});

describe('law 2: the path of a failover', () => {
  test.each(REGIONS)('the operator of %s has no Route 53, IAM or other global control plane', region => {
    const policies = Object.values(templates[`${region}/operations`]?.Resources ?? {}).filter(
      ({ Type }) => Type === 'AWS::IAM::Policy',
    );
    const text = JSON.stringify(policies);
    expect(text).toContain('rds:SwitchoverGlobalCluster');
    expect(text).not.toMatch(/"(route53|iam|organizations|account|globalaccelerator|cloudfront|arc-[a-z]+):/);
    expect(text).not.toMatch(/CreateLoadBalancer|CreateBucket|"\*:\*"/);
  });

  test('every Region’s processes are told its own endpoints', () => {
    for (const region of REGIONS) {
      const { text } = templates[`${region}/service`] ?? { text: '' };
      for (const name of [
        'DATABASE_HOST',
        'DATABASE_READER_HOST',
        'CACHE_URL',
        'QUEUE_URL',
        'REGISTER_TABLE',
      ]) {
        expect(text).toContain(`HOLDFAST_${name}=`);
      }
      expect(text).not.toContain('global-writer');
    }
  });
});

describe('law 9: capacity is there before traffic is', () => {
  test.each(REGIONS)('%s is born with its share in blue and nobody in green', region => {
    const groups = Object.values(templates[`${region}/service`]?.Resources ?? {})
      .filter(({ Type }) => Type === 'AWS::AutoScaling::AutoScalingGroup')
      .map(({ Properties }) => [Properties.AutoScalingGroupName, Properties.MinSize]);
    expect(Object.fromEntries(groups)).toEqual({
      'orders-blue': '2',
      'orders-green': '0',
      'orders-worker': '1',
    });
  });
});

test.each(all)('%s has no literal partition, in user data neither', (_name, { text }) => {
  expect(text.match(/arn:aws(-[a-z]+)*:[^"]*/g) ?? []).toEqual([]);
});

test('what cannot be made again is kept when its stack is not', () => {
  const KEPT =
    /^AWS::(RDS::(DBCluster|DBInstance|GlobalCluster)|DynamoDB::GlobalTable|KMS::Key|SQS::Queue|S3::Bucket|SecretsManager::Secret|Route53::(RecordSet|HealthCheck))$/;
  const lost = all.flatMap(([name, { Resources }]) =>
    Object.entries(Resources as Record<string, { Type: string; DeletionPolicy?: string }>)
      .filter(([, { Type, DeletionPolicy }]) => KEPT.test(Type) && !/^Retain/.test(DeletionPolicy ?? ''))
      .map(([id]) => `${name}/${id}`),
  );
  expect(lost).toEqual([]);
});

test('what is kept and has a name goes with a creation that is rolled back, so that the next one finds the name free', () => {
  // None of these has a name of its own that the next attempt would ask for.
  const NAMELESS = ['AWS::IAM::Role', 'AWS::ApiGateway::Account', 'AWS::Logs::LogGroup', 'AWS::S3::Bucket'];
  const left = all.flatMap(([name, { Resources }]) =>
    Object.entries(Resources as Record<string, KeptResource>)
      .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
      .filter(([, { Type, Properties = {} }]) => {
        const named = Object.keys(Properties).some(property =>
          /^(Bucket|LogGroup|Role)?Name$/.test(property),
        );
        return named || !NAMELESS.includes(Type);
      })
      .map(([id]) => `${name}/${id}`),
  );
  expect(left).toEqual([]);
});

interface KeptResource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: object;
}
