// Tags that an app is given reach what its Regions are billed for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, Stack, Stage, Tags } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { inheritTags } from '../../constructs/inherited-tags';
import { buildApp } from '../../stacks';
import { example, newApp } from './example';

/** What CloudFormation takes no tags for (its resource reference, read with CDK 2.276). */
const WITHOUT_TAGS = [
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::BasePathMapping',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::Method',
  'AWS::AppConfig::HostedConfigurationVersion',
  'AWS::AutoScaling::LifecycleHook',
  'AWS::AutoScaling::ScalingPolicy',
  'AWS::CloudFormation::LambdaHook',
  'AWS::EC2::Route',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::Glue::Database',
  'AWS::Glue::Table',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::Policy',
  'AWS::KMS::Alias',
  'AWS::Lambda::Permission',
  'AWS::Route53::RecordSet',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::WAFv2::WebACLAssociation',
];

interface Resource {
  readonly Type: string;
  readonly Properties?: object;
}

/** Every resource of every Region, with its place, of an app that `change` is done to after its Regions stand. */
function resourcesOf(change: (app: App) => void, topology = example()): [string, Resource][] {
  const outdir = mkdtempSync(path.join(tmpdir(), 'holdfast-tags-'));
  try {
    const app = newApp(outdir);
    buildApp(app, topology);
    change(app);
    const { nestedAssemblies } = app.synth();
    return nestedAssemblies.flatMap(({ nestedAssembly }) =>
      nestedAssembly.stacks.flatMap(stack =>
        Object.entries<Resource>(stack.template.Resources).map(([id, resource]): [string, Resource] => [
          `${stack.hierarchicalId} ${id}`,
          resource,
        ]),
      ),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const holds = ({ Properties }: Resource, ...parts: string[]) => {
  const text = JSON.stringify(Properties ?? {});
  return parts.every(part => text.includes(part));
};

describe('a tag of the app', () => {
  const resources = resourcesOf(app => Tags.of(app).add('cost-centre', 'shop-4711'));

  test('is on every resource that takes tags, in every Region', () => {
    const regions = new Set(resources.map(([place]) => place.split('/')[0]));
    expect([...regions].sort()).toEqual(['us-east-2', 'us-west-2']);
    const missing = resources.filter(
      ([, resource]) => !WITHOUT_TAGS.includes(resource.Type) && !holds(resource, 'cost-centre', 'shop-4711'),
    );
    expect(missing.map(([place, { Type }]) => `${place} ${Type}`)).toEqual([]);
  });

  test('stands beside the tag of the application', () => {
    const tagged = resources.filter(([, resource]) => holds(resource, 'shop-4711'));
    expect(tagged.length).toBeGreaterThan(100);
    expect(tagged.filter(([, resource]) => !holds(resource, '"application"'))).toEqual([]);
  });

  test('is on each copy of the register', () => {
    const [, register] = resources.find(([, { Type }]) => Type === 'AWS::DynamoDB::GlobalTable') ?? [];
    const { Replicas } = (register?.Properties ?? { Replicas: [] }) as {
      Replicas: { Region: string; Tags: object[] }[];
    };
    expect(Replicas.map(({ Region }) => Region)).toEqual(['us-east-2', 'us-west-2']);
    for (const { Tags: tags } of Replicas) {
      expect(tags).toContainEqual({ Key: 'cost-centre', Value: 'shop-4711' });
    }
  });
});

describe('tags of the topology', () => {
  const resources = resourcesOf(
    app => Tags.of(app).add('team', 'of the app'),
    example({ tags: { team: 'of the topology', 'cost-centre': 'shop-4711' } }),
  );

  test('are on every resource that takes tags, before those of the app', () => {
    const wrong = resources.filter(
      ([, resource]) =>
        !WITHOUT_TAGS.includes(resource.Type) &&
        (!holds(resource, 'shop-4711', 'of the topology') || holds(resource, 'of the app')),
    );
    expect(wrong.map(([place, { Type }]) => `${place} ${Type}`)).toEqual([]);
  });
});

describe('tags of a scope above a stage', () => {
  function tagsOf(change: (app: App, stage: Stage) => void): unknown {
    const outdir = mkdtempSync(path.join(tmpdir(), 'holdfast-tags-'));
    try {
      const app = newApp(outdir);
      const between = new Stage(app, 'between');
      const stage = new Stage(between, 'stage');
      const stack = new Stack(stage, 'stack');
      const queue = new Queue(stack, 'Queue');
      change(app, stage);
      inheritTags(stage);
      const { template } = stage.synth().getStackByName(stack.stackName);
      return template.Resources[stack.getLogicalId(queue.node.defaultChild as never)].Properties?.Tags;
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  }

  test('yield to nearer ones, whichever was given first', () => {
    const tags = tagsOf((app, stage) => {
      Tags.of(stage).add('team', 'near');
      Tags.of(stage.node.scope ?? stage).add('team', 'between');
      Tags.of(app).add('team', 'far');
    });
    expect(tags).toEqual([{ Key: 'team', Value: 'near' }]);
  });

  test('come from the nearest scope that gives them', () => {
    const tags = tagsOf((app, stage) => {
      Tags.of(stage.node.scope ?? stage).add('team', 'between');
      Tags.of(app).add('team', 'far');
    });
    expect(tags).toEqual([{ Key: 'team', Value: 'between' }]);
  });

  test('keep their priority, their filter of types and their removal', () => {
    expect(tagsOf(app => Tags.of(app).add('team', 'far', { priority: 300 }))).toHaveLength(1);
    expect(
      tagsOf((app, stage) => {
        Tags.of(app).add('team', 'far', { priority: 300 });
        Tags.of(stage).add('team', 'near');
      }),
    ).toEqual([{ Key: 'team', Value: 'far' }]);
    const topics = { includeResourceTypes: ['AWS::SNS::Topic'] };
    expect(tagsOf(app => Tags.of(app).add('team', 'far', topics))).toBeUndefined();
    const removed = tagsOf(app => {
      Tags.of(app).add('team', 'far');
      Tags.of(app).remove('team');
    });
    expect(removed).toBeUndefined();
  });
});
