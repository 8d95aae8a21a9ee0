import { MAPPINGS } from '../../../lib/terraform/mapping';
import { missingIn } from '../parity';
import { type Configuration, exampleWorld, type World } from '../world';

let world: World;
beforeAll(() => {
  world = exampleWorld();
});

test('every property of every template is found again in Terraform, or its absence is explained', () => {
  for (const templates of world.templates) {
    const { missing, compared } = missingIn(
      templates,
      world.configurations[templates.region] as Configuration,
    );
    expect(missing).toEqual([]);
    expect(compared).toBeGreaterThan(2_000);
  }
});

test('a value that is lost, changed or refers elsewhere is missed', () => {
  const [templates] = world.templates;
  if (templates === undefined) throw new Error('there is no Region');
  const { text } = world.configurations[templates.region] as Configuration;
  const spoilt = (from: string | RegExp, to: string) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    const configuration = { ...(JSON.parse(changed) as Configuration), text: changed };
    return missingIn(templates, configuration).missing.map(({ where }) => where);
  };
  expect(spoilt('"visibility_timeout_seconds": 30', '"visibility_timeout_seconds": 31')).toHaveLength(1);
  expect(spoilt('"enable_dns_hostnames": true', '"enable_dns_hostnames": false')).toHaveLength(1);
  expect(
    spoilt(/"kms_key_id": "\$\{aws_kms_key.foundation_data_key.arn\}"/, '"kms_key_id": "alias/aws/rds"'),
  ).not.toEqual([]);
  expect(spoilt('dynamodb:GetItem', 'dynamodb:Scan')).not.toEqual([]);
});

test('no explanation is left over, and each table is used by some property of the blueprint, or is of a construct beyond it', () => {
  const all = world.templates.flatMap(({ stacks }) =>
    stacks.flatMap(({ template }) => Object.values(template.Resources).map(({ Type }) => Type)),
  );
  const used = new Set(all);
  const beyond = Object.keys(MAPPINGS).filter(type => !used.has(type));
  expect(beyond.sort()).toEqual([
    'AWS::EC2::EIP',
    'AWS::EC2::NatGateway',
    'AWS::IAM::ManagedPolicy',
    'AWS::Kinesis::Stream',
    'AWS::Lambda::EventSourceMapping',
    'AWS::Lambda::LayerVersion',
  ]);
  const [seed] = world.templates;
  if (seed === undefined) throw new Error('there is no Region');
  const { unused } = missingIn(seed, world.configurations[seed.region] as Configuration);
  expect(unused.map(each => String(each.path))).toEqual([]);
});
