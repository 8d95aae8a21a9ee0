import { edgePart } from '../../../lib/runtime/environment/edge-environment';
import { EnvironmentReader } from '../../../lib/runtime/environment/environment-reader';

const HASH = 'a'.repeat(64);
const read = (raw: Record<string, string>) => {
  const reader = new EnvironmentReader(raw);
  const part = edgePart(reader);
  reader.finish();
  return part;
};

test('by default there is no limit, and one balancer in front', () => {
  expect(read({})).toEqual({
    rate: undefined,
    dailyQuota: undefined,
    trustedHops: 1,
    knownKeys: new Set(),
    clones: 2,
  });
});

test('limits, hops and keys are read', () => {
  const part = read({
    HOLDFAST_RATE_LIMIT: '100/1',
    HOLDFAST_DAILY_QUOTA: '50000',
    HOLDFAST_TRUSTED_HOPS: '2',
    HOLDFAST_CLIENT_KEYS: `${HASH},${HASH.replace(/^a/, 'b')}`,
    HOLDFAST_CLONES: '6',
  });
  expect(part).toMatchObject({
    rate: { limit: 100, windowSeconds: 1 },
    dailyQuota: 50_000,
    trustedHops: 2,
    clones: 6,
  });
  expect(part.knownKeys.size).toBe(2);
});

test.each([
  ['HOLDFAST_RATE_LIMIT', '100'],
  ['HOLDFAST_RATE_LIMIT', '0/1'],
  ['HOLDFAST_DAILY_QUOTA', '-1'],
  ['HOLDFAST_TRUSTED_HOPS', '9'],
  ['HOLDFAST_CLIENT_KEYS', 'a-key-in-the-clear'],
])('%s=%s is refused', (name, value) => {
  expect(() => read({ [name]: value })).toThrow(name);
});
