import type { Json } from '../../../lib/drift/model';
import { deployed, live, lived, resource, said, template, updated } from '../judged';

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const LAMBDA = 'AWS::Lambda::Function';
const code = (hash: string, more: object = {}): Json => ({
  Code: { S3Bucket: 'assets', S3Key: `${hash}.zip` },
  ...more,
});

describe('tool-metadata', () => {
  const bootstrap = {
    Parameters: {
      BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/x/version' },
    },
    Rules: { CheckBootstrapVersion: { Assertions: [] } },
  };
  const metadata = (Analytics: string) =>
    template({ CDKMetadata: resource('AWS::CDK::Metadata', { Analytics }) });

  test('BP-45: bootstrap version, its check and analytics are noise', () => {
    expect(said(deployed(template({}), template({}, bootstrap)))).toEqual([
      'noise tool-metadata',
      'noise tool-metadata',
    ]);
    expect(said(deployed(metadata('v2:1'), metadata('v2:2')))).toEqual(['noise tool-metadata']);
    expect(said(deployed(template({}), metadata('v2:1')))).toEqual(['noise tool-metadata']);
  });

  test('BP-45: another parameter, and a resource that only bears the name, are none', () => {
    expect(said(deployed(template({}), template({}, { Parameters: { Size: { Type: 'Number' } } })))).toEqual([
      'change change',
    ]);
    const queue = template({ CDKMetadata: resource('AWS::IAM::Group') });
    expect(said(deployed(template({}), queue))).toEqual(['change change']);
  });
});

describe('asset-hash', () => {
  const staged = (hash: string) => ({ Metadata: { 'aws:asset:path': `asset.${hash}` } });
  const of = (hash: string, more: object = {}) =>
    template({ F: resource(LAMBDA, code(hash, more), staged(hash)) });

  test('BP-42: a digest alone is noise', () => {
    expect([...new Set(said(deployed(of(A), of(B))))]).toEqual(['noise asset-hash']);
  });

  test('BP-42: beside a digest the real change is shown', () => {
    const found = deployed(of(A, { Timeout: 3 }), of(B, { Timeout: 60 }));
    expect(found.filter(each => each.class !== 'noise').map(({ path }) => path)).toEqual([
      'Properties.Timeout',
    ]);
  });

  test('BP-42: a digest within a build specification is one too, and another command is not', () => {
    const project = (hash: string, command: string) => ({
      Source: { BuildSpec: JSON.stringify({ run: `${command} ${hash}.zip` }) },
    });
    const PROJECT = 'AWS::CodeBuild::Project';
    expect(said(updated(PROJECT, project(A, 'put'), project(B, 'put')))).toEqual(['noise asset-hash']);
    expect(said(updated(PROJECT, project(A, 'put'), project(B, 'rm')))).toEqual(['change change']);
  });

  test('another key without a digest is a change, and so is a digest elsewhere', () => {
    expect(said(updated(LAMBDA, code('one'), code('two')))).toEqual(['change change']);
    const parameter = (Value: string) => ({ Type: 'String', Value });
    expect(said(updated('AWS::SSM::Parameter', parameter(A), parameter(B)))).toEqual(['change change']);
  });
});

describe('list-order', () => {
  const tags = (...keys: string[]): Json => ({ Tags: keys.map(Key => ({ Key, Value: Key })) });
  const BUCKET = 'AWS::S3::Bucket';

  test('the order of a set is noise', () => {
    expect(new Set(said(updated(BUCKET, tags('a', 'b', 'c'), tags('c', 'a', 'b'))))).toEqual(
      new Set(['noise list-order']),
    );
  });

  test('another item is a change, and the order of a list that is none is one', () => {
    expect(said(updated(BUCKET, tags('a', 'b'), tags('b', 'c')))).toEqual(['change change']);
    const command = (...Command: string[]) => ({ Command });
    expect(said(updated('AWS::Batch::JobDefinition', command('a', 'b'), command('b', 'a')))).toEqual([
      'change change',
    ]);
  });
});

describe('mangled-text', () => {
  const TOPIC = 'AWS::IAM::Group';
  test('BP-36: question marks for what is not ASCII are noise, counted apart', () => {
    expect(said(updated(TOPIC, { Path: '?????' }, { Path: 'こんにちは' }))).toEqual(['noise mangled-text']);
    expect(said(updated(TOPIC, { Path: 'a ??' }, { Path: 'a 😀' }))).toEqual(['noise mangled-text']);
  });
  test('BP-36: other text in their place is a change', () => {
    expect(said(updated(TOPIC, { Path: '??' }, { Path: 'ab' }))).toEqual(['change change']);
    expect(said(updated(TOPIC, { Path: '????' }, { Path: 'こんにちは' }))).toEqual(['change change']);
  });
});

describe('dns-echo', () => {
  const RECORD = 'AWS::Route53::RecordSet';
  const record = (Name: string, DNSName: string): Json => ({ Name, AliasTarget: { DNSName } });

  test('BP-34: names come back escaped and lower-cased', () => {
    const change = live(
      RECORD,
      record('*.X.com', 'LB.amazonaws.com'),
      record('\\052.x.com.', 'lb.amazonaws.com.'),
      [...['Name', 'AliasTarget.DNSName']],
    );
    const [name, target] = change.differences;
    if (name === undefined || target === undefined) throw new Error('no differences');
    expect(said(lived([{ ...change, differences: [{ ...name, replaces: 'yes' }, target] }]))).toEqual([
      'noise dns-echo',
    ]);
  });

  test('BP-34: another target is a change of DNS, and so is another form in a template, which replaces', () => {
    const change = live(RECORD, record('x', 'a.com'), record('x', 'b.com'), ['AliasTarget.DNSName']);
    expect(said(lived([change]))).toEqual(['danger dns-change']);
    expect(said(updated(RECORD, { Name: '*.x.com' }, { Name: '\\052.x.com.' }))).toEqual([
      'danger dns-change',
    ]);
  });

  test('BP-34: values in another order are noise', () => {
    const values = (...ResourceRecords: string[]) => ({ ResourceRecords });
    expect(
      new Set(said(updated(RECORD, values('1.1.1.1', '2.2.2.2'), values('2.2.2.2', '1.1.1.1')))),
    ).toEqual(new Set(['noise list-order']));
  });
});

describe('service-added', () => {
  const QUEUE = 'AWS::SQS::Queue';
  test('reserved tags and empty values are noise', () => {
    const tags = { Tags: [{ Key: 'aws:cloudformation:stack-name', Value: 'x' }] };
    expect(said(lived([live(QUEUE, {}, tags, ['Tags'])]))).toEqual(['noise service-added']);
    expect(said(lived([live(QUEUE, {}, { RedrivePolicy: {} }, ['RedrivePolicy'])]))).toEqual([
      'noise service-added',
    ]);
  });
  test('a tag of somebody else is a change, and an empty value in a template too', () => {
    const tags = { Tags: [{ Key: 'owner', Value: 'x' }] };
    expect(said(lived([live(QUEUE, {}, tags, ['Tags'])]))).toEqual(['change change']);
    expect(said(updated(QUEUE, {}, { RedrivePolicy: {} }))).toEqual(['change change']);
  });
});

describe('global-parent', () => {
  const GROUP = 'AWS::ElastiCache::ReplicationGroup';
  const member = (CacheNodeType: string, more: object = {}): Json => ({
    GlobalReplicationGroupId: 'g',
    CacheNodeType,
    ...more,
  });
  test('BP-60: what the global group decides is noise on a member', () => {
    expect(said(updated(GROUP, member('cache.r7g.large'), member('cache.r6g.large')))).toEqual([
      'noise global-parent',
    ]);
  });
  test('BP-60: without a parent it is a change, and so is what the parent does not decide', () => {
    expect(
      said(updated(GROUP, { CacheNodeType: 'cache.r7g.xlarge' }, { CacheNodeType: 'cache.r7g.large' })),
    ).toEqual(['danger capacity-lowered']);
    expect(
      said(updated(GROUP, member('x', { SnapshotWindow: '1' }), member('x', { SnapshotWindow: '2' }))),
    ).toEqual(['change change']);
  });
});

describe('policy-form', () => {
  const POLICY = 'AWS::IAM::ManagedPolicy';
  const of = (Statement: Json): Json => ({ PolicyDocument: { Version: '2012-10-17', Statement } });
  const allow = (Action: Json): Json => ({ Effect: 'Allow', Action, Resource: '*' });
  test('BP-39: orders and forms of a policy are noise', () => {
    expect(
      said(
        updated(
          POLICY,
          of([allow(['s3:Get*', 's3:Put*'])]),
          of(allow(['s3:Put*', 's3:Get*', 's3:PutObject'])),
        ),
      ),
    ).toEqual(['noise policy-form']);
  });
  test('BP-39: a narrower policy is a change, and another version of the language too', () => {
    expect(said(updated(POLICY, of([allow('s3:*')]), of([allow('s3:Get*')])))).toEqual(['change change']);
    const old = { PolicyDocument: { Version: '2008-10-17', Statement: [allow('s3:*')] } };
    expect(said(updated(POLICY, old, of([allow('s3:*')])))).toEqual(['change change']);
  });
});
