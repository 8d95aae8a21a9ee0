import { compareTemplates } from '../../../lib/drift/compare/templates';
import type { Json } from '../../../lib/drift/model';
import { deployed, findings, live, lived, PLACE, resource, said, template, updated } from '../judged';

const CLUSTER = 'AWS::RDS::DBCluster';
const INSTANCE = 'AWS::RDS::DBInstance';
const GROUP = 'AWS::EC2::SecurityGroup';
const RECORD = 'AWS::Route53::RecordSet';

describe('stateful-loss', () => {
  test('BP-37: an instance that loses its identifier is a danger', () => {
    expect(said(updated(INSTANCE, { DBInstanceIdentifier: 'a' }, {}))).toEqual(['danger stateful-loss']);
  });
  test('deleted, left without an owner, or gone', () => {
    const bucket = (more: object) => template({ X: resource('AWS::S3::Bucket', {}, { ...more }) });
    expect(said(deployed(bucket({}), template({})))).toEqual(['danger stateful-loss']);
    expect(said(deployed(bucket({ DeletionPolicy: 'Retain' }), template({})))).toEqual([
      'danger stateful-loss',
    ]);
    expect(said(lived([live('AWS::S3::Bucket', {}, {}, [], { action: 'delete' })]))).toEqual([
      'danger stateful-loss',
    ]);
  });
  test('what holds nothing may be replaced, and what holds something updated', () => {
    expect(
      said(updated('AWS::IAM::InstanceProfile', { InstanceProfileName: 'a' }, { InstanceProfileName: 'b' })),
    ).toEqual(['change change']);
    expect(said(updated(INSTANCE, { CopyTagsToSnapshot: false }, { CopyTagsToSnapshot: true }))).toEqual([
      'change change',
    ]);
  });
});

test('BP-38: what is read at deploy is not known, with what it would do', () => {
  const queue = template({ Q: resource('AWS::SQS::Queue', { QueueName: '{{resolve:ssm:/q}}' }) });
  const [found, ...others] = deployed(queue, queue);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ class: 'unknown', rule: 'resolved-at-deploy', path: 'Properties.QueueName' });
  expect(found?.why).toMatch(/resolved at deploy, cannot tell: another value replaces/);
  const pinned = template({ Q: resource('AWS::SQS::Queue', { QueueName: '{{resolve:ssm:/q:3}}' }) });
  expect(deployed(pinned, pinned)).toEqual([]);
});

test('BP-37: an instance under another logical id takes the place of the one that goes', () => {
  const of = (id: string, properties: Json) => template({ [id]: resource(INSTANCE, properties) });
  const instance = { DBClusterIdentifier: 'c', Engine: 'aurora-postgresql' };
  const found = deployed(of('Instance1', instance), of('writer', instance));
  expect(said(found)).toEqual(['danger stateful-loss', 'danger stateful-renamed']);
  expect(said(deployed(of('A', instance), of('B', { Engine: 'mysql', X: 1, Y: 2 })))).toEqual([
    'change change',
    'danger stateful-loss',
  ]);
});

test('replica-detached: a tie cut, a copy lost; a tie made is a change', () => {
  const member = { GlobalClusterIdentifier: 'g', Engine: 'x' };
  expect(said(updated(CLUSTER, member, { Engine: 'x' }))).toContain('danger replica-detached');
  expect(said(updated(CLUSTER, { Engine: 'x' }, member))).not.toContain('danger replica-detached');
  const table = (...regions: string[]) => ({ Replicas: regions.map(Region => ({ Region })) });
  const TABLE = 'AWS::DynamoDB::GlobalTable';
  expect(said(updated(TABLE, table('a', 'b'), table('a')))).toEqual(['danger replica-detached']);
  expect(said(updated(TABLE, table('a'), table('a', 'b')))).toEqual(['change change']);
});

describe('iam-broadening', () => {
  const ROLE = 'AWS::IAM::Role';
  const allow = (Action: Json, more: object = {}): Json => ({
    Effect: 'Allow',
    Action,
    Resource: '*',
    ...more,
  });
  const document = (...Statement: Json[]): Json => ({ Version: '2012-10-17', Statement });
  const inline = (...statements: Json[]): Json => ({
    Policies: statements.map((each, at) => ({ PolicyName: `p${at}`, PolicyDocument: document(each) })),
  });
  const deny = { Effect: 'Deny', Action: 's3:Delete*', Resource: '*' };

  test.each<[string, Json, Json, string[]]>([
    ['fewer actions', inline(allow(['s3:Get*', 's3:Put*'])), inline(allow('s3:Get*')), ['change change']],
    ['a Deny removed', inline(allow('s3:*'), deny), inline(allow('s3:*')), ['danger iam-broadening']],
    [
      'a condition removed',
      inline(allow('s3:*', { Condition: { Bool: { x: 'true' } } })),
      inline(allow('s3:*')),
      ['danger iam-broadening'],
    ],
    [
      'everything allowed',
      inline(allow('s3:*')),
      inline(allow('s3:*'), allow('*')),
      ['danger iam-broadening'],
    ],
    [
      'policies in another order',
      inline(allow('s3:*'), deny),
      inline(deny, allow('s3:*')),
      ['noise policy-form'],
    ],
    [
      'one policy in two',
      inline(allow(['s3:*', 'sqs:*'])),
      inline(allow('s3:*'), allow('sqs:*')),
      ['noise policy-form'],
    ],
    ['a managed policy more', {}, { ManagedPolicyArns: ['arn:x'] }, ['danger iam-broadening']],
    ['a boundary taken away', { PermissionsBoundary: 'b' }, {}, ['danger iam-broadening']],
    [
      'another boundary',
      { PermissionsBoundary: 'b' },
      { PermissionsBoundary: 'c' },
      ['unknown iam-broadening'],
    ],
    [
      'another service trusted',
      {
        AssumeRolePolicyDocument: document({
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'a' },
        }),
      },
      {
        AssumeRolePolicyDocument: document({
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'b' },
        }),
      },
      ['danger iam-broadening'],
    ],
  ])('BP-39: %s', (_what, before, after, expected) => {
    expect([...new Set(said(updated(ROLE, before, after)))]).toEqual(expected);
  });

  test('a new policy of a role that stood before is one, of a new role only when it is wide', () => {
    const policy = (statement: Json) =>
      resource('AWS::IAM::Policy', { PolicyDocument: document(statement), Roles: [{ Ref: 'R' }] });
    const role = resource(ROLE);
    expect(said(deployed(template({ R: role }), template({ R: role, P: policy(allow('s3:Get*')) })))).toEqual(
      ['danger iam-broadening'],
    );
    expect(said(deployed(template({}), template({ R: role, P: policy(allow('s3:Get*')) })))).toEqual([
      'change change',
      'change change',
    ]);
    expect(said(deployed(template({}), template({ R: role, P: policy(allow('*')) })))).toEqual([
      'change change',
      'danger iam-broadening',
    ]);
    expect(said(deployed(template({ R: role, P: policy(deny) }), template({ R: role })))).toEqual([
      'danger iam-broadening',
    ]);
    expect(said(deployed(template({ R: role, P: policy(allow('s3:*')) }), template({ R: role })))).toEqual([
      'change change',
    ]);
  });

  test('a function that everybody may call', () => {
    const PERMISSION = 'AWS::Lambda::Permission';
    expect(said(updated(PERMISSION, { Principal: 's3', SourceAccount: '1' }, { Principal: 's3' }))).toEqual([
      'danger iam-broadening',
    ]);
    expect(said(deployed(template({}), template({ P: resource(PERMISSION, { Principal: '*' }) })))).toEqual([
      'danger iam-broadening',
    ]);
    expect(
      said(
        deployed(template({}), template({ P: resource(PERMISSION, { Principal: 's3', SourceArn: 'x' }) })),
      ),
    ).toEqual(['change change']);
  });
});

describe('network-opened', () => {
  const ssh = (CidrIp: string, more: object = {}): Json => ({
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    CidrIp,
    ...more,
  });
  const group = (...SecurityGroupIngress: Json[]): Json => ({ GroupDescription: 'g', SecurityGroupIngress });

  test('BP-40: a rule that moves between groups opens the one and closes the other', () => {
    const of = (web: Json, db: Json) => template({ Web: resource(GROUP, web), Db: resource(GROUP, db) });
    const found = deployed(of(group(ssh('10.0.0.0/24')), group()), of(group(), group(ssh('10.0.0.0/24'))));
    expect(found.map(each => `${each.class} ${each.rule} ${each.resource}`).sort()).toEqual([
      'change change Web',
      'danger network-opened Db',
    ]);
    expect(found.find(each => each.resource === 'Db')?.why).toBe('Db is opened: tcp/22 from 10.0.0.0/24');
  });

  test.each<[string, Json, Json, string[]]>([
    ['a wider range', group(ssh('10.0.0.0/24')), group(ssh('10.0.0.0/16')), ['danger network-opened']],
    ['a narrower range', group(ssh('10.0.0.0/16')), group(ssh('10.0.1.0/24')), ['change change']],
    [
      'more ports',
      group(ssh('10.0.0.0/16')),
      group(ssh('10.0.0.0/16', { ToPort: 80 })),
      ['danger network-opened'],
    ],
    [
      'another description',
      group(ssh('10.0.0.0/16')),
      group(ssh('10.0.0.0/16', { Description: 'x' })),
      ['change change'],
    ],
    [
      'a port known at deploy only',
      group(ssh('10.0.0.0/16')),
      group(ssh('10.0.0.0/16', { ToPort: { Ref: 'P' } })),
      ['danger network-opened'],
    ],
    [
      'rules made at deploy',
      group(ssh('10.0.0.0/16')),
      group({ 'Fn::If': ['C', ssh('0.0.0.0/0'), ssh('10.0.0.0/8')] }),
      ['unknown network-opened'],
    ],
    [
      'the order of rules',
      group(ssh('1.0.0.0/8'), ssh('2.0.0.0/8')),
      group(ssh('2.0.0.0/8'), ssh('1.0.0.0/8')),
      ['noise list-order'],
    ],
  ])('%s', (_what, before, after, expected) => {
    expect([...new Set(said(updated(GROUP, before, after)))]).toEqual(expected);
  });

  test('a rule of its own: for a group that stood, or for the world', () => {
    const rule = (CidrIp: string) =>
      resource('AWS::EC2::SecurityGroupIngress', {
        ...(ssh(CidrIp) as object),
        GroupId: { 'Fn::GetAtt': ['G', 'GroupId'] },
      });
    const g = resource(GROUP, { GroupDescription: 'g' });
    expect(said(deployed(template({ G: g }), template({ G: g, R: rule('10.0.0.0/24') })))).toEqual([
      'danger network-opened',
    ]);
    expect(said(deployed(template({}), template({ G: g, R: rule('10.0.0.0/24') })))).toEqual([
      'change change',
      'change change',
    ]);
    expect(said(deployed(template({}), template({ G: g, R: rule('0.0.0.0/0') })))).toEqual([
      'change change',
      'danger network-opened',
    ]);
  });

  test('doors to the world', () => {
    expect(said(updated(INSTANCE, { PubliclyAccessible: false }, { PubliclyAccessible: true }))).toContain(
      'danger network-opened',
    );
    expect(said(updated('AWS::Lambda::Url', { AuthType: 'AWS_IAM' }, { AuthType: 'NONE' }))).toEqual([
      'danger network-opened',
    ]);
    expect(said(updated('AWS::Lambda::Url', { AuthType: 'NONE' }, { AuthType: 'AWS_IAM' }))).toEqual([
      'change change',
    ]);
    const block = (BlockPublicAcls: boolean) => ({ PublicAccessBlockConfiguration: { BlockPublicAcls } });
    expect(said(updated('AWS::S3::Bucket', block(true), block(false)))).toEqual(['danger network-opened']);
    expect(said(updated('AWS::S3::Bucket', block(false), block(true)))).toEqual(['change change']);
  });
});

test('dns-change: records and checks, but not their tags and not new ones', () => {
  expect(said(updated(RECORD, { TTL: 60 }, { TTL: 300 }))).toEqual(['danger dns-change']);
  expect(
    said(
      updated(
        'AWS::Route53::HealthCheck',
        { HealthCheckConfig: { FailureThreshold: 2 } },
        { HealthCheckConfig: { FailureThreshold: 3 } },
      ),
    ),
  ).toEqual(['danger dns-change']);
  expect(
    said(updated('AWS::Route53::HealthCheck', { HealthCheckTags: [] }, { HealthCheckTags: [{ Key: 'a' }] })),
  ).toEqual(['change change']);
  expect(said(deployed(template({}), template({ R: resource(RECORD, { Name: 'x' }) })))).toEqual([
    'change change',
  ]);
  expect(said(deployed(template({ R: resource(RECORD, { Name: 'x' }) }), template({})))).toEqual([
    'danger dns-change',
  ]);
});

test('BP-33: the same record under another logical id collides', () => {
  const of = (id: string, Name: string) =>
    template({ [id]: resource(RECORD, { Name, Type: 'A', SetIdentifier: 's', HostedZoneId: 'Z' }) });
  const found = deployed(of('A', 'x.com'), of('B', 'X.com.'));
  expect(said(found)).toEqual(['danger dns-change', 'danger record-collision']);
  expect(found.find(each => each.resource === 'B')?.why).toMatch(/collision: A is the same record/);
  expect(said(deployed(of('A', 'x.com'), of('B', 'y.com')))).toEqual(['change change', 'danger dns-change']);
});

test('protection-off', () => {
  expect(said(updated(CLUSTER, { DeletionProtection: true }, { DeletionProtection: false }))).toEqual([
    'danger protection-off',
  ]);
  expect(said(updated(CLUSTER, { DeletionProtection: 'true' }, {}))).toEqual(['danger protection-off']);
  expect(said(updated(CLUSTER, {}, { DeletionProtection: true }))).toEqual(['change change']);
  const of = (DeletionPolicy: string) => template({ X: resource('AWS::S3::Bucket', {}, { DeletionPolicy }) });
  expect(said(deployed(of('Retain'), of('Delete')))).toEqual(['danger protection-off']);
  expect(said(deployed(of('Delete'), of('Retain')))).toEqual(['change change']);
  const balancer = (Value: string) => ({
    LoadBalancerAttributes: [{ Key: 'deletion_protection.enabled', Value }],
  });
  const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
  expect(said(updated(BALANCER, balancer('true'), balancer('false')))).toEqual(['danger protection-off']);
  expect(said(updated(BALANCER, balancer('false'), balancer('true')))).toEqual(['change change']);
});

test('retention-lowered', () => {
  expect(said(updated(CLUSTER, { BackupRetentionPeriod: 14 }, { BackupRetentionPeriod: '7' }))).toEqual([
    'danger retention-lowered',
  ]);
  expect(said(updated(CLUSTER, { BackupRetentionPeriod: 7 }, { BackupRetentionPeriod: 14 }))).toEqual([
    'change change',
  ]);
  expect(
    said(updated(CLUSTER, { BackupRetentionPeriod: 7 }, { BackupRetentionPeriod: { Ref: 'P' } })),
  ).toEqual(['unknown retention-lowered']);
  const versions = (Status: string) => ({ VersioningConfiguration: { Status } });
  expect(said(updated('AWS::S3::Bucket', versions('Enabled'), versions('Suspended')))).toEqual([
    'danger retention-lowered',
  ]);
  expect(said(updated('AWS::S3::Bucket', versions('Suspended'), versions('Enabled')))).toEqual([
    'change change',
  ]);
});

test('capacity-lowered', () => {
  const ASG = 'AWS::AutoScaling::AutoScalingGroup';
  expect(said(updated(ASG, { MinSize: '4' }, { MinSize: '2' }))).toEqual(['danger capacity-lowered']);
  expect(said(updated(ASG, { MinSize: '2' }, { MinSize: '4' }))).toEqual(['change change']);
  expect(said(updated(ASG, { DesiredCapacity: '4' }, {}))).toEqual(['change change']);
  const sized = (DBInstanceClass: string) => ({ DBInstanceClass });
  expect(said(updated(INSTANCE, sized('db.r6g.2xlarge'), sized('db.r6g.large')))).toEqual([
    'danger capacity-lowered',
  ]);
  expect(said(updated(INSTANCE, sized('db.r6g.large'), sized('db.r6g.xlarge')))).toEqual(['change change']);
  expect(said(updated(INSTANCE, sized('db.r6g.large'), sized('db.t4g.large')))).toEqual([
    'unknown capacity-lowered',
  ]);
});

test('encryption-changed', () => {
  const bucket = (SSEAlgorithm: string) => ({
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm } }],
    },
  });
  expect(said(updated('AWS::S3::Bucket', bucket('aws:kms'), bucket('AES256')))).toEqual([
    'danger encryption-changed',
  ]);
  expect(said(updated('AWS::KMS::Key', { EnableKeyRotation: true }, { EnableKeyRotation: false }))).toEqual([
    'danger encryption-changed',
  ]);
  expect(said(updated('AWS::KMS::Key', { Description: 'a' }, { Description: 'b' }))).toEqual([
    'change change',
  ]);
  const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
  expect(said(updated(LISTENER, { Protocol: 'HTTPS' }, { Protocol: 'HTTP' }))).toEqual([
    'danger encryption-changed',
  ]);
  expect(said(updated(LISTENER, { Protocol: 'HTTP' }, { Protocol: 'HTTPS' }))).toEqual(['change change']);
});

test('BP-09: an export that another stack of the run still reads', () => {
  const producer = (Outputs: Json) => template({ Q: resource('AWS::SQS::Queue') }, { Outputs });
  const output = (name: string) => ({ O: { Value: 1, Export: { Name: name } } });
  const consumer = (value: Json) => template({ G: resource('AWS::IAM::Group', { Path: value }) });
  const run = (reads: Json, next: Json) =>
    findings([
      compareTemplates(producer(output('data:Q')), producer(next), PLACE),
      compareTemplates(consumer(reads), consumer('x'), { region: 'us-east-2', stack: 'service' }),
    ]);
  const reads = { 'Fn::ImportValue': 'data:Q' };
  const [first] = run(reads, {}).filter(each => each.class === 'danger');
  expect(first).toMatchObject({
    rule: 'export-in-use',
    resource: 'Outputs.O',
    why: 'service (us-east-2) still reads the export data:Q',
  });
  expect(first?.fix).toMatch(/two deploys/);
  expect(said(run(reads, output('data:R')))).toContain('danger export-in-use');
  expect(said(run('y', {}))).toEqual(['change change', 'change change']);

  const writer = (names: string[]) =>
    template({
      W: resource('Custom::CrossRegionExportWriter', {
        WriterProps: { exports: Object.fromEntries(names.map(name => [name, 1])) },
      }),
    });
  const reader = template({
    R: resource('Custom::CrossRegionExportReader', { ReaderProps: { imports: { '/cdk/exports/a': 1 } } }),
  });
  const across = (next: string[]) =>
    findings([
      compareTemplates(writer(['/cdk/exports/a', '/cdk/exports/b']), writer(next), PLACE),
      compareTemplates(reader, reader, { region: 'us-west-2', stack: 'service' }),
    ]);
  expect(said(across(['/cdk/exports/b']))).toContain('danger export-in-use');
  expect(said(across(['/cdk/exports/a']))).not.toContain('danger export-in-use');
});

test('BP-13: the managed group is gone and a look-alike stands there', () => {
  const ASG = 'AWS::AutoScaling::AutoScalingGroup';
  const gone = live(ASG, { AutoScalingGroupName: 'web' }, {}, [], {
    action: 'delete',
    after: undefined,
    physicalId: 'web',
  });
  const copy = (physicalId: string) =>
    live(ASG, {}, {}, [], {
      action: 'create',
      resource: physicalId,
      physicalId,
      before: undefined,
      source: 'probe',
    });
  const found = lived([gone, copy('CodeDeploy_web_d-ABC')]);
  expect(said(found)).toContain('danger managed-group-gone');
  expect(found.find(each => each.rule === 'managed-group-gone')?.why).toBe(
    'managed group gone, look-alike found: CodeDeploy_web_d-ABC',
  );
  expect(said(lived([gone, copy('CodeDeploy_worker_d-ABC')]))).not.toContain('danger managed-group-gone');
});

test('BP-59: zones given to a cluster', () => {
  expect(
    said(updated(CLUSTER, { AvailabilityZones: ['a', 'b'] }, { AvailabilityZones: ['a', 'b', 'c'] })),
  ).toEqual(['danger cluster-zones', 'danger stateful-loss']);
  expect(
    said(
      updated(
        'AWS::AutoScaling::AutoScalingGroup',
        { AvailabilityZones: ['a'] },
        { AvailabilityZones: ['b'] },
      ),
    ),
  ).toEqual(['change change']);
});
