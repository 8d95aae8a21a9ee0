import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** How much is compared: 16 stacks of 500 resources. */
export const STACKS = 16;
export const RESOURCES = 500;

type Resource = { Type: string; Properties: Record<string, unknown> };

/** Writes `old/<stack>.json` and an assembly in `new/` for the CDK's CLI. */
export function writeStacks(folder: string, schemaVersion: string): void {
  const artifacts: Record<string, object> = {};
  for (let stack = 0; stack < STACKS; stack += 1) {
    const name = stackName(stack);
    writeFileSync(path.join(folder, 'old', `${name}.json`), JSON.stringify(templateOf(stack, 'old')));
    writeFileSync(
      path.join(folder, 'new', `${name}.template.json`),
      JSON.stringify(templateOf(stack, 'new')),
    );
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: { templateFile: `${name}.template.json` },
      displayName: name,
    };
  }
  writeFileSync(
    path.join(folder, 'new', 'manifest.json'),
    JSON.stringify({ version: schemaVersion, artifacts }),
  );
}

/** Name of a stack by its number. */
export const stackName = (stack: number): string => `Stack${stack}`;

/** A template of five kinds of resources; of the new one, a tenth differs in the ways in which templates do. */
function templateOf(stack: number, age: 'old' | 'new'): object {
  const Resources: Record<string, Resource> = {};
  for (let at = 0; at < RESOURCES; at += 1) {
    const resource = KINDS[at % KINDS.length]?.(stack, at) as Resource;
    if (age === 'new' && at % 10 === 3) change(resource, at);
    // One in fifty is gone and one in fifty has come, under another name.
    Resources[age === 'new' && at % 50 === 7 ? `New${at}` : `R${at}`] = resource;
  }
  return { Resources };
}

function change({ Properties }: Resource, at: number): void {
  const way = Math.floor(at / 10) % 4;
  if (way === 0) Properties.Tags = [{ Key: 'team', Value: 'payments' }];
  else if (way === 1) Properties.Description = 'changed';
  else if (way === 2) Properties.Policies = [policy('s3:*', '*')];
  else Properties.Code = { S3Bucket: 'assets', S3Key: `${'f'.repeat(60)}${1000 + at}.zip` };
}

const policy = (action: string, resource: unknown) => ({
  PolicyName: 'p',
  PolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['s3:GetObject', action], Resource: resource }],
  },
});

const arnOf = (at: number) => ({ 'Fn::GetAtt': [`R${at}`, 'Arn'] });

const KINDS: readonly ((stack: number, at: number) => Resource)[] = [
  (stack, at) => ({
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: `q-${stack}-${at}`,
      VisibilityTimeout: 30,
      KmsMasterKeyId: 'alias/aws/sqs',
      Tags: tags(at),
    },
  }),
  (_stack, at) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
        ],
      },
      Policies: [policy('sqs:SendMessage', arnOf(at - 1))],
    },
  }),
  (_stack, at) => ({
    Type: 'AWS::Lambda::Function',
    Properties: {
      ...{
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        MemorySize: 512,
        Timeout: 30,
        Role: arnOf(at - 1),
      },
      Code: { S3Bucket: 'assets', S3Key: `${'a'.repeat(60)}${1000 + at}.zip` },
      Environment: { Variables: { QUEUE: { Ref: `R${at - 2}` }, LEVEL: 'info', POWERTOOLS: 'true' } },
      Tags: tags(at),
    },
  }),
  (_stack, at) => ({
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupDescription: `group ${at}`,
      VpcId: { 'Fn::ImportValue': 'vpc' },
      SecurityGroupIngress: [0, 1, 2].map(port => ({
        ...{ IpProtocol: 'tcp', FromPort: 8000 + port, ToPort: 8000 + port, CidrIp: `10.0.${at % 250}.0/24` },
      })),
      Tags: tags(at),
    },
  }),
  (stack, at) => ({
    Type: 'AWS::Logs::LogGroup',
    Properties: {
      LogGroupName: { 'Fn::Sub': `/service/${stack}/${at}/\${AWS::Region}` },
      RetentionInDays: 30,
      Tags: tags(at),
    },
  }),
];

const tags = (at: number) => [
  { Key: 'application', Value: 'orders' },
  { Key: 'part', Value: `part-${at}` },
];
