import { FakeEndpoint, jsonError, xmlError } from './fake-endpoint';

const EAST = 'us-east-2';

let endpoint: FakeEndpoint;
beforeEach(async () => {
  endpoint = new FakeEndpoint();
  await endpoint.start();
});
afterEach(() => endpoint.stop());

const codeOf = async (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => 'none',
    (error: { code?: string }) => error.code,
  );

describe('what an error says about the act', () => {
  test.each([
    ['AccessDeniedException', 400, 'refused'],
    ['ValidationException', 400, 'refused'],
    ['ResourceNotFoundException', 400, 'not-found'],
    ['ThrottlingException', 400, 'unavailable'],
    ['ReplicatedWriteConflictException', 400, 'unavailable'],
    ['InternalServerError', 500, 'unavailable'],
    ['ServiceUnavailable', 503, 'unavailable'],
  ])('%s (%i) is %s', async (type, status, code) => {
    endpoint.replies = { GetItem: () => jsonError(type, status) };
    expect(await codeOf(endpoint.cloud().readRegister(EAST))).toBe(code);
  });

  test('a lost connection leaves it open', async () => {
    endpoint.replies = { GetItem: () => 'drop' };
    expect(await codeOf(endpoint.cloud().readRegister(EAST))).toBe('unavailable');
  });
});

describe('repetition by the SDK', () => {
  test('a read is tried three times', async () => {
    endpoint.replies = { GetItem: () => jsonError('InternalServerError', 500) };
    await codeOf(endpoint.cloud().readRegister(EAST));
    expect(endpoint.of('GetItem')).toHaveLength(3);
  });

  test.each([
    ['an error of the server', () => xmlError('InternalFailure', 500)],
    ['throttling', () => xmlError('Throttling')],
    ['a lost connection', () => 'drop' as const],
  ])('a switchover is sent once, whatever comes back: %s', async (_what, reply) => {
    endpoint.replies = { SwitchoverGlobalCluster: reply };
    const arn = 'arn:aws:rds:us-west-2:000000000000:cluster:orders-us-west-2';
    expect(await codeOf(endpoint.cloud().startSwitchover(EAST, arn, () => true))).toBe('unavailable');
    expect(endpoint.of('SwitchoverGlobalCluster')).toHaveLength(1);
  });
});

test('every call is recorded: service, Region, action, result', async () => {
  endpoint.replies = {
    GetItem: () => ({ body: {} }),
    DescribeGlobalClusters: () => xmlError('AccessDenied', 403),
  };
  const cloud = endpoint.cloud();
  await cloud.readRegister(EAST);
  await codeOf(cloud.databaseState('us-west-2', []));
  expect(cloud.calls()).toMatchObject([
    { service: 'DynamoDB', region: EAST, action: 'GetItem', result: 'ok' },
    { service: 'RDS', region: 'us-west-2', action: 'DescribeGlobalClusters', result: 'AccessDenied' },
  ]);
  expect(cloud.calls().every(call => call.milliseconds >= 0 && !Number.isNaN(Date.parse(call.at)))).toBe(
    true,
  );
});
