import { EnvironmentReader } from '../../../lib/runtime/environment/environment-reader';
import { serviceAddressPart } from '../../../lib/runtime/environment/service-address';

function parse(raw: Record<string, string>) {
  const reader = new EnvironmentReader(raw);
  const address = serviceAddressPart(reader, 'HOLDFAST_PAYMENT', 'payment');
  reader.finish();
  return address;
}

const HOLDFAST_IDENTITY_FOLDER = '/etc/identity';

test('reads a fixed address, and one of the registry', () => {
  expect(parse({})).toBeUndefined();
  const identity = { name: 'payment', identityFolder: HOLDFAST_IDENTITY_FOLDER };
  expect(parse({ HOLDFAST_PAYMENT_URL: 'https://pay.internal:8443', HOLDFAST_IDENTITY_FOLDER })).toEqual({
    ...identity,
    at: { kind: 'fixed', host: 'pay.internal', port: 8443 },
  });
  expect(parse({ HOLDFAST_PAYMENT_URL: 'https://pay.internal', HOLDFAST_IDENTITY_FOLDER })?.at).toMatchObject(
    {
      port: 443,
    },
  );
  expect(
    parse({
      HOLDFAST_PAYMENT_URL: 'cloudmap://shop/pay',
      HOLDFAST_PAYMENT_NAME: 'pay.shop',
      HOLDFAST_IDENTITY_FOLDER,
    }),
  ).toEqual({ ...identity, name: 'pay.shop', at: { kind: 'cloud-map', namespace: 'shop', service: 'pay' } });
});

test.each([
  [{ HOLDFAST_PAYMENT_URL: 'http://pay:80', HOLDFAST_IDENTITY_FOLDER }, /never http/],
  [{ HOLDFAST_PAYMENT_URL: 'https://pay' }, /HOLDFAST_IDENTITY_FOLDER: is missing/],
])('refuses %j', (raw, message) => {
  expect(() => parse(raw as Record<string, string>)).toThrow(message);
});
