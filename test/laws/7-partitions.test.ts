import { HoldfastError } from '../../lib/errors';
import { loadTopology, type Partition, type RegionSpec } from '../../regions';
import orders from '../../regions/examples/orders';
import { example, templatesOf } from '../stacks/example';

const PAIRS: Readonly<Record<Partition, readonly RegionSpec[]>> = {
  aws: [
    { name: 'us-east-2', seed: true, zones: ['use2-az1', 'use2-az2', 'use2-az3'], cidr: '10.10.0.0/16' },
    { name: 'us-west-2', zones: ['usw2-az1', 'usw2-az2', 'usw2-az3'], cidr: '10.20.0.0/16' },
  ],
  'aws-cn': [
    { name: 'cn-north-1', seed: true, zones: ['cnn1-az1', 'cnn1-az2', 'cnn1-az4'], cidr: '10.10.0.0/16' },
    { name: 'cn-northwest-1', zones: ['cnnw1-az1', 'cnnw1-az2', 'cnnw1-az3'], cidr: '10.20.0.0/16' },
  ],
  'aws-us-gov': [
    {
      name: 'us-gov-west-1',
      seed: true,
      zones: ['usgw1-az1', 'usgw1-az2', 'usgw1-az3'],
      cidr: '10.10.0.0/16',
    },
    { name: 'us-gov-east-1', zones: ['usge1-az1', 'usge1-az2', 'usge1-az3'], cidr: '10.20.0.0/16' },
  ],
};
const PARTITIONS = Object.keys(PAIRS) as Partition[];

/** The strong register knows no set of Regions outside the commercial partition, so elsewhere it is an eventual one. */
const topologyOf = (partition: Partition) =>
  example({
    regions: PAIRS[partition],
    register: partition === 'aws' ? orders.register : { kind: 'eventual' },
  });

// The app warns of an eventual register, as it should (test/constructs/data/register.test.ts).
jest.spyOn(console, 'error').mockImplementation(() => undefined);

describe.each(PARTITIONS)('law 7: the example in %s', partition => {
  const templates = Object.entries(templatesOf(topologyOf(partition)));

  test('synthesizes, six stacks a Region', () => {
    expect(templates).toHaveLength(12);
  });

  test('holds no literal partition, in no ARN and in no user data', () => {
    for (const [name, { text }] of templates) {
      expect([name, text.match(/arn:aws[a-z-]*:[^"]{0,60}/g)]).toEqual([name, null]);
    }
  });

  test('holds no domain of a partition but in names of service principals, which CDK spells alike everywhere', () => {
    // `kms:ViaService` is the principal of a service in a Region, as aws-cdk-lib/aws-secretsmanager writes it.
    const PRINCIPALS = /"(Service|Principal|kms:ViaService)": *"[a-z0-9.-]+\.amazonaws\.com"/g;
    for (const [name, { text }] of templates) {
      const rest = text.replaceAll(PRINCIPALS, '');
      expect([name, rest.match(/.{0,60}amazonaws\.com.{0,10}/g)]).toEqual([name, null]);
    }
  });

  test('names no Region of another partition', () => {
    const others = PARTITIONS.filter(other => other !== partition).flatMap(other => PAIRS[other]);
    for (const [name, { text }] of templates) {
      expect([name, others.filter(({ name: region }) => text.includes(region))]).toEqual([name, []]);
    }
  });
});

test.each(
  PARTITIONS.flatMap(first =>
    PARTITIONS.filter(second => second !== first).map(second => [first, second] as const),
  ),
)('law 7: a Region of %s and one of %s are refused, with the reason', (first, second) => {
  const regions = [PAIRS[first][0], PAIRS[second][1]];
  let problems: HoldfastError['problems'] = [];
  try {
    loadTopology({ ...orders, regions, register: { kind: 'eventual' } });
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    problems = error.problems;
  }
  expect(problems).toEqual([
    expect.objectContaining({
      path: 'regions[1].name',
      received: regions[1]?.name,
      message: expect.stringContaining(`is in partition ${second}`),
    }),
  ]);
});
