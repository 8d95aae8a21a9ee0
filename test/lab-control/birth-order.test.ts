import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { systemClock } from '../../lib/clock';
import { bootstrap } from '../../lib/lab/deploy';
import { LAB_ACCOUNT } from '../../lib/lab/emulator';
import { type TestControlPlane, testControlPlane } from './control-plane';
import { type Outcome, Stacks } from './stacks';
import { exampleStacks } from './templates';

jest.setTimeout(180_000);

const [SEED, STANDBY] = ['us-east-2', 'us-west-2'];
const stacks = exampleStacks();
let plane: TestControlPlane;

beforeAll(async () => {
  plane = await testControlPlane();
  const access = { endpoint: plane.endpoint, caller: 'tester' };
  const wait = { clock: systemClock, signal: new AbortController().signal };
  await Promise.all([SEED, STANDBY].map(region => bootstrap(access, { account: LAB_ACCOUNT, region }, wait)));
});
afterAll(() => plane?.stop());

/** Creates a stack of the example from its own template, whatever has been born before. */
async function create(region: string, layer: string): Promise<Outcome> {
  const stack = stacks.find(each => each.id === `${region}/${layer}`);
  const settings = plane.client(region);
  const Bucket = `cdk-hnb659fds-assets-${LAB_ACCOUNT}-${region}`;
  await new S3Client(settings).send(new PutObjectCommand({ Bucket, Key: layer, Body: stack?.body }));
  return new Stacks(settings).createFrom(
    `orders-${layer}`,
    `https://s3.${region}.amazonaws.com/${Bucket}/${layer}`,
  );
}

/** Creates a stack that must be refused, and takes away what is left of it. */
async function refused(region: string, layer: string): Promise<string> {
  const { status, failures } = await create(region, layer).catch((error: Error) => ({
    status: 'REFUSED',
    failures: [error.message],
  }));
  expect([`${region}/${layer}`, status]).not.toEqual([`${region}/${layer}`, 'CREATE_COMPLETE']);
  await new Stacks(plane.client(region)).delete(`orders-${layer}`).catch(() => undefined);
  return failures.join('\n');
}

const born = async (region: string, ...layers: string[]) => {
  for (const layer of layers) {
    expect({ layer, ...(await create(region, layer)) }).toMatchObject({
      status: 'CREATE_COMPLETE',
      failures: [],
    });
  }
};

describe('law 8: in an empty account', () => {
  test.each([
    ['data', /orders-(foundation|network):/],
    ['service', /orders-(foundation|network|data):/],
    ['operations', /orders-(foundation|data|service):/],
    ['dns', /orders-(foundation|service):/],
  ])('%s is refused and names an output of the stack that is missing', async (layer, missing) => {
    for (const region of [SEED, STANDBY]) expect(await refused(region, layer)).toMatch(missing);
  });
});

describe('law 8: one step too far', () => {
  test('the standby’s data before the seed’s is refused and names the global cluster; what stands on it, too', async () => {
    await born(STANDBY, 'foundation', 'network');
    expect(await refused(STANDBY, 'data')).toMatch(/global cluster orders-global not found/);
    expect(await refused(STANDBY, 'service')).toMatch(/orders-data:/);
    expect(await refused(STANDBY, 'dns')).toMatch(/orders-service:/);
  });

  test('the seed layer by layer: what comes after the next is refused, and then the next is born', async () => {
    await born(SEED, 'foundation');
    expect(await refused(SEED, 'data')).toMatch(/orders-network:/);
    await born(SEED, 'network');
    expect(await refused(SEED, 'service')).toMatch(/orders-data:/);
    await born(SEED, 'data');
    expect(await refused(SEED, 'operations')).toMatch(/orders-service:/);
    await born(SEED, 'service', 'operations', 'dns');
  });
});
