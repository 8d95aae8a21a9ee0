import { createHash } from 'node:crypto';
import { createDriftAccount, type OpenDriftAccount } from '../../lib/aws';
import * as shape from './drift-shapes';
import { FakeEndpoint, jsonError, type Sent, xmlError, xmlResult } from './fake-endpoint';

const REGION = 'us-west-2';
const ARN = `arn:aws:cloudformation:${REGION}:111122223333:stack/data/1`;
let endpoint: FakeEndpoint;
let account: OpenDriftAccount;
beforeEach(async () => {
  endpoint = new FakeEndpoint();
  await endpoint.start();
  account = createDriftAccount({ application: 'orders', attempts: 2, ...endpoint.access() });
});
afterEach(async () => {
  account.close();
  await endpoint.stop();
});

/** Pages of a query protocol by the token with which they are asked for. */
const paged = (action: string, pages: readonly string[]) => (sent: Sent) => {
  const at = Number(sent.form.get('NextToken') ?? 0);
  const next = at + 1 < pages.length ? `<NextToken>${at + 1}</NextToken>` : '';
  return xmlResult(action, `${pages[at]}${next}`);
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: { code?: string }) => error.code,
  );

describe('stacks', () => {
  const stack = shape.list('Stacks', [
    {
      ...{
        StackId: ARN,
        StackName: 'data',
        StackStatus: 'UPDATE_COMPLETE',
        CreationTime: '2026-11-25T10:00:00Z',
      },
      Parameters: [
        shape.member('member', { ParameterKey: 'Image', ParameterValue: '/ami', ResolvedValue: 'ami-1' }),
        shape.member('member', { ParameterKey: 'Secret', ParameterValue: '****' }),
      ].join(''),
    },
  ]);

  test('status, and parameters with what was looked up for them', async () => {
    endpoint.replies = { DescribeStacks: () => xmlResult('DescribeStacks', stack) };
    expect(await account.stacks.describe(REGION, 'data')).toEqual({
      ...{ arn: ARN, status: 'UPDATE_COMPLETE' },
      parameters: new Map([
        ['Image', { value: '/ami', resolved: 'ami-1' }],
        ['Secret', { value: '****' }],
      ]),
    });
    expect(endpoint.sent[0]?.region).toBe(REGION);
  });

  test('one that is not there is nothing; one that may not be read is refused', async () => {
    const absent = `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id data does not exist</Message></Error></ErrorResponse>`;
    endpoint.replies = { DescribeStacks: () => ({ status: 400, body: absent }) };
    expect(await account.stacks.describe(REGION, 'data')).toBeUndefined();
    endpoint.replies = { DescribeStacks: () => xmlError('AccessDenied', 403) };
    expect(await codeOf(account.stacks.describe(REGION, 'data'))).toBe('refused');
  });

  test('a call that is throttled is repeated, and one that is throttled for good is unavailable', async () => {
    endpoint.replies = {
      GetTemplate: () =>
        endpoint.of('GetTemplate').length < 2
          ? xmlError('Throttling')
          : xmlResult('GetTemplate', '<TemplateBody>{"Resources":{}}</TemplateBody>'),
    };
    expect(await account.stacks.template(REGION, ARN)).toBe('{"Resources":{}}');
    expect(endpoint.of('GetTemplate')[0]?.form.get('TemplateStage')).toBe('Original');
    endpoint.replies = { GetTemplate: () => xmlError('Throttling') };
    expect(await codeOf(account.stacks.template(REGION, ARN))).toBe('unavailable');
  });

  test('resources and exports to the last page, without what was deleted', async () => {
    endpoint.replies = {
      ListStackResources: paged('ListStackResources', [
        shape.list('StackResourceSummaries', [
          shape.summary('A'),
          shape.summary('B', { ResourceStatus: 'DELETE_COMPLETE' }),
        ]),
        shape.list('StackResourceSummaries', [shape.summary('C', { PhysicalResourceId: '' })]),
      ]),
      ListExports: paged('ListExports', [
        shape.list('Exports', [{ Name: 'one', Value: '1' }]),
        shape.list('Exports', [{ Name: 'two', Value: '2' }]),
      ]),
    };
    expect(await account.stacks.resources(REGION, ARN)).toEqual([
      { id: 'A', type: 'AWS::SQS::Queue', physicalId: 'name-of-A' },
      { id: 'C', type: 'AWS::SQS::Queue' },
    ]);
    expect([...(await account.stacks.exports(REGION))]).toEqual([
      ['one', '1'],
      ['two', '2'],
    ]);
  });

  test('parameters are asked for ten at a time, and those that do not exist are left out', async () => {
    endpoint.replies = {
      GetParameters: ({ json }) => {
        const names = json.Names as string[];
        const found = names.filter(name => name !== '/3').map(Name => ({ Name, Value: `of ${Name}` }));
        return { body: { Parameters: found, InvalidParameters: ['/3'] } };
      },
    };
    const names = Array.from({ length: 12 }, (_, at) => `/${at}`);
    const found = await account.stacks.parameters(REGION, names);
    expect(found.size).toBe(11);
    expect(found.get('/11')).toBe('of /11');
    expect(endpoint.of('GetParameters').map(({ json }) => (json.Names as string[]).length)).toEqual([10, 2]);
  });
});

describe('change sets', () => {
  const page = (status: string, id: string) =>
    `<ChangeSetName>x</ChangeSetName><StackName>data</StackName><Status>${status}</Status><Changes><member><Type>Resource</Type>${shape.member('ResourceChange', { Action: 'Modify', LogicalResourceId: id })}</member></Changes>`;

  test('is made to be looked at: of an existing stack, with the values it has, and stacks within', async () => {
    endpoint.replies = { CreateChangeSet: () => xmlResult('CreateChangeSet', '<Id>arn</Id>') };
    await account.changeSets.create(REGION, 'data', { name: 'x', template: { body: '{}' }, keep: ['A'] });
    const form = Object.fromEntries(endpoint.sent[0]?.form ?? []);
    expect(form).toMatchObject({
      ...{ StackName: 'data', ChangeSetName: 'x', ChangeSetType: 'UPDATE', TemplateBody: '{}' },
      ...{ IncludeNestedStacks: 'true', 'Parameters.member.1.UsePreviousValue': 'true', ClientToken: 'x' },
    });
  });

  test('its pages are one document, with values; of what is under way one page is enough', async () => {
    endpoint.replies = {
      DescribeChangeSet: paged('DescribeChangeSet', [
        page('CREATE_COMPLETE', 'A'),
        page('CREATE_COMPLETE', 'B'),
      ]),
    };
    const done = await account.changeSets.describe(REGION, 'data', 'x');
    expect(done).toMatchObject({
      Status: 'CREATE_COMPLETE',
      Changes: ['A', 'B'].map(LogicalResourceId => ({ ResourceChange: { LogicalResourceId } })),
    });
    expect(done).not.toHaveProperty('NextToken');
    expect(endpoint.sent[0]?.form.get('IncludePropertyValues')).toBe('true');
    endpoint.sent.length = 0;
    endpoint.replies = {
      DescribeChangeSet: paged('DescribeChangeSet', [
        page('CREATE_IN_PROGRESS', 'A'),
        page('CREATE_IN_PROGRESS', 'B'),
      ]),
    };
    await account.changeSets.describe(REGION, 'data', 'x');
    expect(endpoint.sent).toHaveLength(1);
  });

  test('deleting one that is gone is no error; one that may not be deleted is', async () => {
    endpoint.replies = { DeleteChangeSet: () => xmlError('ChangeSetNotFound', 404) };
    await account.changeSets.delete(REGION, 'data', 'x');
    endpoint.replies = { DeleteChangeSet: () => xmlError('AccessDenied', 403) };
    expect(await codeOf(account.changeSets.delete(REGION, 'data', 'x'))).toBe('refused');
  });
});

test('drift detection: states, and results with what was never looked at', async () => {
  const states = ['DETECTION_IN_PROGRESS', 'DETECTION_FAILED', 'DETECTION_COMPLETE'];
  const drift = (id: string) => ({
    ...{
      StackId: ARN,
      LogicalResourceId: id,
      ResourceType: 'AWS::SQS::Queue',
      Timestamp: '2026-11-25T10:00:00Z',
    },
    StackResourceDriftStatus: 'IN_SYNC',
  });
  endpoint.replies = {
    DetectStackDrift: () => xmlResult('DetectStackDrift', '<StackDriftDetectionId>d</StackDriftDetectionId>'),
    DescribeStackDriftDetectionStatus: () =>
      xmlResult(
        'DescribeStackDriftDetectionStatus',
        `<DetectionStatus>${states.shift()}</DetectionStatus><DetectionStatusReason>why</DetectionStatusReason>`,
      ),
    DescribeStackResourceDrifts: paged('DescribeStackResourceDrifts', [
      shape.list('StackResourceDrifts', [drift('A')]),
      shape.list('StackResourceDrifts', [drift('B')]),
    ]),
    ListStackResources: paged('ListStackResources', [
      shape.list('StackResourceSummaries', [shape.summary('C')]),
    ]),
  };
  const { detection } = account;
  expect(await detection.start(REGION, 'data')).toBe('d');
  expect([
    await detection.state(REGION, 'd'),
    await detection.state(REGION, 'd'),
    await detection.state(REGION, 'd'),
  ]).toMatchObject([{ status: 'running' }, { status: 'failed', reason: 'why' }, { status: 'complete' }]);
  expect(await detection.results(REGION, 'data')).toMatchObject({
    StackResourceDrifts: [{ LogicalResourceId: 'A' }, { LogicalResourceId: 'B' }],
    StackResourceSummaries: [{ LogicalResourceId: 'C' }],
  });
});

describe('what runs', () => {
  const ZONE = 'GET /2013-04-01/hostedzone/Z1/rrset';

  test('records of one name, over pages, up to the next name', async () => {
    const alias =
      '<AliasTarget><HostedZoneId>Z2</HostedZoneId><DNSName>x.</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>';
    const values =
      '<TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords>';
    const pages = [
      shape.recordPage(
        [shape.recordSet('orders.example.com.', 'a', alias), shape.recordSet('orders.example.com.', 'b')],
        'c',
      ),
      shape.recordPage(
        [shape.recordSet('orders.example.com.', 'c', values), shape.recordSet('other.example.com.', 'd')],
        'e',
      ),
    ];
    endpoint.replies = { [ZONE]: () => pages.shift() ?? 'drop' };
    expect(await account.live.records(REGION, 'Z1', 'Orders.example.com', 'A')).toMatchObject([
      { SetIdentifier: 'a', AliasTarget: { DNSName: 'x.', EvaluateTargetHealth: false } },
      { SetIdentifier: 'b' },
      { SetIdentifier: 'c', TTL: 60, ResourceRecords: ['192.0.2.1'] },
    ]);
    expect(endpoint.sent).toHaveLength(2);
  });

  test('health checks with what they are, and none where there is none', async () => {
    const config =
      '<Type>CALCULATED</Type><Inverted>true</Inverted><Disabled>true</Disabled><ChildHealthChecks><ChildHealthCheck>a</ChildHealthCheck></ChildHealthChecks>';
    const place = 'GET /2013-04-01/healthcheck/check';
    endpoint.replies = { [place]: () => shape.healthCheck(config) };
    expect(await account.live.healthCheck(REGION, 'check')).toEqual({
      ...{ Type: 'CALCULATED', Inverted: true, Disabled: true, ChildHealthChecks: ['a'] },
    });
    endpoint.replies = { [place]: () => shape.dnsError('NoSuchHealthCheck', 404) };
    expect(await account.live.healthCheck(REGION, 'check')).toBeUndefined();
    endpoint.replies = { [place]: () => shape.dnsError('AccessDenied', 403) };
    expect(await codeOf(account.live.healthCheck(REGION, 'check'))).toBe('refused');
  });

  test('mappings in the words of the service', async () => {
    const place = 'GET /2015-03-31/event-source-mappings/id';
    endpoint.replies = {
      [place]: () => shape.rest({ State: 'Disabled', BatchSize: 5, FunctionArn: 'arn:f' }),
    };
    expect(await account.live.mapping(REGION, 'id')).toEqual({
      State: 'Disabled',
      BatchSize: 5,
      FunctionName: 'arn:f',
    });
    endpoint.replies = { [place]: () => shape.restError('ResourceNotFoundException', 404) };
    expect(await account.live.mapping(REGION, 'id')).toBeUndefined();
  });

  test('roll-outs over pages, and the digest of a hosted version', async () => {
    const place = 'GET /applications/app/environments/env/deployments';
    const pages = [
      shape.rest({
        Items: [
          { DeploymentNumber: 2, ConfigurationName: 'service', ConfigurationVersion: '3', State: 'BAKING' },
        ],
        NextToken: 'n',
      }),
      shape.rest({
        Items: [
          { DeploymentNumber: 1, ConfigurationName: 'flags', ConfigurationVersion: '1', State: 'COMPLETE' },
        ],
      }),
    ];
    endpoint.replies = {
      [place]: () => pages.shift() ?? 'drop',
      'GET /applications/app/configurationprofiles/p/hostedconfigurationversions/3': () =>
        shape.rest('{"a":1}'),
    };
    expect(await account.live.rollouts(REGION, 'app', 'env')).toEqual([
      { number: 2, profile: 'service', version: '3', state: 'BAKING' },
      { number: 1, profile: 'flags', version: '1', state: 'COMPLETE' },
    ]);
    const of = { application: 'app', profile: 'p' };
    expect(await account.live.digest(REGION, { ...of, version: '3' })).toBe(
      createHash('sha256').update('{"a":1}').digest('hex'),
    );
    expect(await account.live.digest(REGION, { ...of, version: 'from-s3' })).toBeUndefined();
  });

  test('groups, listeners, rules, global clusters, settings and the register', async () => {
    const group = (name: string) => ({
      AutoScalingGroupName: name,
      MinSize: '1',
      MaxSize: '3',
      DesiredCapacity: '2',
    });
    const actions = (name: string) =>
      `<${name}><member><Type>forward</Type><TargetGroupArn>tg</TargetGroupArn></member></${name}>`;
    endpoint.replies = {
      DescribeAutoScalingGroups: sent =>
        sent.form.get('AutoScalingGroupNames.member.1') === null
          ? paged('DescribeAutoScalingGroups', [
              shape.list('AutoScalingGroups', [group('CodeDeploy_a')]),
              shape.list('AutoScalingGroups', [group('CodeDeploy_b'), group('x')]),
            ])(sent)
          : xmlResult('DescribeAutoScalingGroups', shape.list('AutoScalingGroups', [group('g')])),
      DescribeListeners: () =>
        xmlResult(
          'DescribeListeners',
          `<Listeners><member>${actions('DefaultActions')}</member></Listeners>`,
        ),
      DescribeRules: () => xmlError('RuleNotFound'),
      DescribeGlobalClusters: () =>
        xmlResult(
          'DescribeGlobalClusters',
          `<GlobalClusters><GlobalClusterMember><Status>available</Status><DeletionProtection>true</DeletionProtection><GlobalClusterMembers><GlobalClusterMember><DBClusterArn>arn:c</DBClusterArn><IsWriter>true</IsWriter></GlobalClusterMember></GlobalClusterMembers></GlobalClusterMember></GlobalClusters>`,
        ),
      DescribeGlobalReplicationGroups: () =>
        xmlResult(
          'DescribeGlobalReplicationGroups',
          `<GlobalReplicationGroups><GlobalReplicationGroup><Status>available</Status><Members><GlobalReplicationGroupMember><ReplicationGroupId>c</ReplicationGroupId><ReplicationGroupRegion>${REGION}</ReplicationGroupRegion><Role>PRIMARY</Role></GlobalReplicationGroupMember></Members></GlobalReplicationGroup></GlobalReplicationGroups>`,
        ),
      GetParameter: () => jsonError('ParameterNotFound'),
      GetItem: () => ({
        body: {
          Item: { pk: { S: 'register' }, epoch: { N: '4' }, phase: { S: 'active' }, region: { S: REGION } },
        },
      }),
    };
    const { live } = account;
    expect(await live.group(REGION, 'g')).toEqual({ MinSize: 1, MaxSize: 3, DesiredCapacity: 2 });
    expect(await live.groupNames(REGION, 'CodeDeploy_')).toEqual(['CodeDeploy_a', 'CodeDeploy_b']);
    expect(
      await live.actions(REGION, 'arn:aws:elasticloadbalancing:us-west-2:1:listener/app/x'),
    ).toMatchObject([{ Type: 'forward', TargetGroupArn: 'tg' }]);
    expect(
      await live.actions(REGION, 'arn:aws:elasticloadbalancing:us-west-2:1:listener-rule/app/x'),
    ).toBeUndefined();
    expect(await live.globalCluster(REGION, 'orders-global')).toEqual({
      ...{ moving: false, deletionProtection: true, members: [{ arn: 'arn:c', isWriter: true }] },
    });
    expect(await live.globalDatastore(REGION, 'store')).toEqual({
      ...{ status: 'available', members: [{ id: 'c', region: REGION, isPrimary: true }] },
    });
    expect(await live.setting(REGION, '/orders/live/weights')).toBeUndefined();
    expect(await live.register(REGION)).toEqual({ epoch: 4, phase: 'active', region: REGION });
    expect(endpoint.of('GetItem')[0]?.json).toMatchObject({
      TableName: 'orders-register',
      ConsistentRead: true,
    });
  });
});
