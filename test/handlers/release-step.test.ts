import type { handler } from '../../lib/handlers/release-step';
import { releaseNames } from '../../lib/naming';
import { beginRelease } from '../../lib/runtime/release/release-state';
import { FakeEndpoint } from '../aws/fake-endpoint';
import { planOf } from '../release/plan';

const endpoint = new FakeEndpoint();
let step: typeof handler;
/** The release's item as the table holds it. */
let stored: Record<string, { S?: string; N?: string }> | undefined;

beforeAll(async () => {
  await endpoint.start();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint.access().endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-west-2',
    HOLDFAST_RELEASE_NAMES: JSON.stringify(releaseNames('orders')),
    HOLDFAST_RELEASE_HOSTS: JSON.stringify({ 'us-west-2': 'west.invalid', 'us-east-2': 'east.invalid' }),
  });
  step = jest.requireActual<{ handler: typeof handler }>('../../lib/handlers/release-step').handler;
  endpoint.replies = {
    GetItem: ({ json }) => {
      const { pk } = json.Key as { pk: { S: string } };
      return { body: pk.S === 'release' && stored !== undefined ? { Item: stored } : {} };
    },
    PutItem: ({ json }) => {
      stored = json.Item as typeof stored;
      return { body: {} };
    },
  };
});
afterAll(() => endpoint.stop());
beforeEach(() => {
  endpoint.sent.length = 0;
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterEach(() => jest.restoreAllMocks());

const begun = (holder: string, stage: 'launch' | 'done' = 'launch') => {
  const register = { epoch: 3, phase: 'active', region: 'us-east-2' } as const;
  const state = { ...beginRelease(planOf(), register), stage };
  const document = { S: JSON.stringify({ state, notes: [] }) };
  return { pk: { S: 'release' }, version: { N: '4' }, holder: { S: holder }, document };
};

test('without a release it ends', async () => {
  stored = undefined;
  expect(await step({ holder: 'execution-1' })).toMatchObject({ ended: true, stage: 'none' });
});

test('a release that has ended ends it', async () => {
  stored = begun('laptop', 'done');
  expect(await step({ holder: 'execution-1' })).toMatchObject({ ended: true, stage: 'done', steps: 1 });
  expect(endpoint.of('PutItem')).toEqual([]);
});

test('another controller’s release gets a lease to change, and is followed when it has not', async () => {
  stored = begun('laptop');
  const first = await step({ holder: 'execution-1', waited: null, steps: 7 });
  expect(first).toMatchObject({ ended: false, waitSeconds: 60, waited: 4, steps: 8, renew: false });
  expect(endpoint.of('PutItem')).toEqual([]);
  const { waited, steps } = first;
  const second = await step({ holder: 'execution-1', waited, steps });
  expect(second).toMatchObject({ ended: false, stage: 'launch', waited: null, steps: 9 });
  const [put] = endpoint.of('PutItem');
  expect(put?.json).toMatchObject({
    Item: { holder: { S: 'execution-1' }, version: { N: '5' } },
    ConditionExpression: '#version = :seen',
    ExpressionAttributeValues: { ':seen': { N: '4' } },
  });
  // What could not be seen is waited for: nothing else was sent than looks.
  expect(stored?.document?.S).toContain('cannot be read');
  expect(endpoint.sent.filter(({ action }) => /^(Update|PutParameter|Modify)/.test(action))).toEqual([]);
});

test('one that has changed meanwhile has a controller', async () => {
  stored = begun('laptop');
  expect(await step({ holder: 'execution-1', waited: 3 })).toMatchObject({ waited: 4, waitSeconds: 60 });
});

test('an execution is renewed before its history is full', async () => {
  stored = begun('laptop');
  expect(await step({ holder: 'execution-1', steps: 1799 })).toMatchObject({ renew: true, steps: 1800 });
});
