import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { wholeRegion } from './whole-region';

const CHAIN = ['us-east-2', 'us-west-2'];
type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

/** Templates of all constructs of this area, one Region each. */
function templates(chain: readonly string[] = CHAIN): Record<string, { Resources: Resources }> {
  const app = new App();
  const stacks = chain.map(region => [region, wholeRegion(app, region, chain).stack] as const);
  return Object.fromEntries(
    stacks.map(([region, stack]) => [region, Template.fromStack(stack).toJSON() as { Resources: Resources }]),
  );
}

// BP-11
test.each([
  { chain: CHAIN },
  { chain: ['cn-north-1', 'cn-northwest-1'] },
  { chain: ['us-gov-west-1', 'us-gov-east-1'] },
])('no literal partition in $chain, user data included', ({ chain }) => {
  const text = JSON.stringify(templates(chain));
  expect(text.match(/arn:aws[a-z-]*:.{0,40}/g)).toBeNull();
  // Service principals have one name in all partitions; everything else must not name a domain of one.
  const rest = text.replace(/"(?:Service|Principal)":"[a-z0-9.-]+\.amazonaws\.com"/g, '');
  expect(rest.match(/.{0,40}amazonaws\.com.{0,10}/g)).toBeNull();
});

test('law 1: no template says which Region is active, nor how large a group is now', () => {
  const text = JSON.stringify(templates());
  expect(text).not.toContain('DesiredCapacity"');
  expect(text).not.toMatch(/HOLDFAST_(?:ACTIVE|ROLE|EPOCH)/);
});

test('law 3: another Region is named by the checks of its gate alone', () => {
  for (const [region, { Resources }] of Object.entries(templates())) {
    const other = CHAIN.find(name => name !== region) as string;
    const naming = Object.values(Resources).filter(resource =>
      JSON.stringify(resource.Properties).includes(other),
    );
    expect(new Set(naming.map(({ Type }) => Type))).toEqual(
      new Set(region === CHAIN[0] ? ['AWS::Route53::HealthCheck'] : []),
    );
    expect(JSON.stringify(Resources)).not.toContain('Fn::ImportValue');
  }
});

test('no custom resource: nothing but CloudFormation runs while a Region is built', () => {
  for (const { Resources } of Object.values(templates())) {
    const types = Object.values(Resources).map(({ Type }) => Type);
    expect(types.filter(type => /^Custom::|CustomResource$/.test(type))).toEqual([]);
  }
});

/** What the AwsSolutions pack says of a whole Region, changed before it is judged. */
function judged(change: (built: ReturnType<typeof wholeRegion>) => void = () => undefined): () => unknown {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  change(wholeRegion(app, 'us-east-2', CHAIN));
  return () => app.synth();
}

test('AwsSolutions passes', () => {
  expect(judged()).not.toThrow();
});

test('what is acknowledged for one policy is not so for what others add to the role', () => {
  const wide = new PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['*'] });
  expect(judged(({ blue }) => blue.role.addToPrincipalPolicy(wide))).toThrow(
    /Blue\/Role\/DefaultPolicy[\s\S]*IAM5\[Resource::\*]/,
  );
});
