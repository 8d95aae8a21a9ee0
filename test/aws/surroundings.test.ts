import { FakeEndpoint, jsonError, xmlResult } from './fake-endpoint';

const WEST = 'us-west-2';
let endpoint: FakeEndpoint;
beforeEach(async () => {
  endpoint = new FakeEndpoint();
  await endpoint.start();
});
afterEach(() => endpoint.stop());

test('a quota is what the account was granted, else the default', async () => {
  const value = (name: string) => (name === 'L-1216C47A' ? 640 : 40);
  endpoint.replies = {
    GetServiceQuota: ({ json }) =>
      json.QuotaCode === 'L-1216C47A'
        ? { body: { Quota: { Value: value(String(json.QuotaCode)) } } }
        : jsonError('NoSuchResourceException'),
    GetAWSDefaultServiceQuota: ({ json }) => ({ body: { Quota: { Value: value(String(json.QuotaCode)) } } }),
  };
  expect(await endpoint.cloud().quotas(WEST)).toEqual([
    { name: 'running On-Demand standard instances, vCPU', limit: 640 },
    { name: 'Auto Scaling groups', limit: 40 },
    { name: 'database instances', limit: 40 },
  ]);
  expect(new Set(endpoint.sent.map(({ region }) => region))).toEqual(new Set([WEST]));
});

test('a quota without a value is not zero', async () => {
  endpoint.replies = { GetServiceQuota: () => ({ body: { Quota: {} } }) };
  await expect(endpoint.cloud().quotas(WEST)).rejects.toMatchObject({ code: 'unavailable' });
});

test('the data key is described by its alias; none is nothing, and what is denied is an error', async () => {
  endpoint.replies = { DescribeKey: () => ({ body: { KeyMetadata: { KeyId: '1', KeyState: 'Disabled' } } }) };
  expect(await endpoint.cloud().dataKeyState(WEST)).toBe('Disabled');
  expect(endpoint.of('DescribeKey')[0]?.json).toEqual({ KeyId: 'alias/orders-data' });
  endpoint.replies = { DescribeKey: () => jsonError('NotFoundException') };
  expect(await endpoint.cloud().dataKeyState(WEST)).toBeUndefined();
  endpoint.replies = { DescribeKey: () => jsonError('AccessDeniedException') };
  await expect(endpoint.cloud().dataKeyState(WEST)).rejects.toMatchObject({ code: 'refused' });
});

test('the version of the bootstrap is a number, or nothing', async () => {
  endpoint.replies = { GetParameter: () => ({ body: { Parameter: { Value: '30' } } }) };
  expect(await endpoint.cloud().bootstrapVersion(WEST)).toBe(30);
  expect(endpoint.of('GetParameter')[0]?.json).toEqual({ Name: '/cdk-bootstrap/hnb659fds/version' });
  endpoint.replies = { GetParameter: () => jsonError('ParameterNotFound') };
  expect(await endpoint.cloud().bootstrapVersion(WEST)).toBeUndefined();
  endpoint.replies = { GetParameter: () => ({ body: { Parameter: { Value: 'thirty' } } }) };
  await expect(endpoint.cloud().bootstrapVersion(WEST)).rejects.toMatchObject({ code: 'unavailable' });
});

test('stacks are those of the application, over all pages', async () => {
  const member = (name: string, status: string) =>
    `<member><StackName>${name}</StackName><StackStatus>${status}</StackStatus><CreationTime>2026-11-26T10:00:00Z</CreationTime></member>`;
  endpoint.replies = {
    DescribeStacks: ({ form }) =>
      form.get('NextToken') === null
        ? xmlResult(
            'DescribeStacks',
            `<Stacks>${member('orders-data', 'UPDATE_COMPLETE')}${member('orders-other', 'UPDATE_IN_PROGRESS')}</Stacks><NextToken>two</NextToken>`,
          )
        : xmlResult('DescribeStacks', `<Stacks>${member('orders-service', 'UPDATE_IN_PROGRESS')}</Stacks>`),
  };
  expect(await endpoint.cloud().stacks(WEST)).toEqual([
    { name: 'orders-data', status: 'UPDATE_COMPLETE' },
    { name: 'orders-service', status: 'UPDATE_IN_PROGRESS' },
  ]);
});

test('the clock is compared by the date of any answer, an error among them', async () => {
  endpoint.replies = { DescribeKey: () => jsonError('AccessDeniedException') };
  endpoint.ahead = 90;
  const cloud = endpoint.cloud();
  expect(cloud.clockAheadSeconds(WEST)).toBeUndefined();
  await cloud.dataKeyState(WEST).catch(() => undefined);
  expect(cloud.clockAheadSeconds(WEST)).toBeGreaterThan(88);
  expect(cloud.clockAheadSeconds(WEST)).toBeLessThan(92);
  expect(cloud.clockAheadSeconds('us-east-2')).toBeUndefined();
});

test('what lies in a Region’s queues is counted there, of work and of dead letters', async () => {
  endpoint.replies = {
    GetQueueUrl: ({ json }) => ({ body: { QueueUrl: `http://queue/${json.QueueName}` } }),
    GetQueueAttributes: ({ json }) => ({
      body: {
        Attributes: {
          ApproximateNumberOfMessages: String(json.QueueUrl).endsWith('dead') ? '2' : '5',
          ApproximateNumberOfMessagesNotVisible: '1',
          ApproximateNumberOfMessagesDelayed: '0',
        },
      },
    }),
  };
  expect(await endpoint.cloud().queueDepths('us-east-2')).toEqual({
    work: { waiting: 5, inWork: 1, delayed: 0 },
    dead: { waiting: 2, inWork: 1, delayed: 0 },
  });
  expect([...new Set(endpoint.sent.map(({ region }) => region))]).toEqual(['us-east-2']);
});
