import { createHash } from 'node:crypto';
import { clientAddress, identifyClient } from '../../../lib/runtime/edge/client-identity';

const KNOWN = createHash('sha256').update('secret-key').digest('hex');
const options = { trustedHops: 1, knownKeys: new Set([KNOWN]) };
const origin = (forwardedFor?: string, apiKey?: string, peerAddress = '10.0.0.9') => ({
  peerAddress,
  forwardedFor,
  apiKey,
});

test.each([
  ['no proxy: the peer, whatever it claims', 0, '1.1.1.1', '10.0.0.9'],
  ['one balancer: the last entry', 1, '6.6.6.6, 1.1.1.1', '1.1.1.1'],
  ['two proxies: the last but one', 2, '6.6.6.6, 1.1.1.1, 2.2.2.2', '1.1.1.1'],
  ['fewer entries than proxies: the peer', 2, '1.1.1.1', '10.0.0.9'],
  ['no header: the peer', 1, undefined, '10.0.0.9'],
  ['no address: the peer', 1, '6.6.6.6, unknown', '10.0.0.9'],
  ['an empty entry: the peer', 1, '6.6.6.6,', '10.0.0.9'],
  ['a port is no part of it', 1, '1.1.1.1:443', '1.1.1.1'],
  ['IPv6 in brackets', 1, '[2001:db8::1]:443', '2001:db8::1'],
])('%s', (_what, hops, forwarded, expected) => {
  expect(clientAddress(origin(forwarded), hops)).toBe(expected);
});

test('a known key names the client from anywhere; an unknown one does not', () => {
  const known = identifyClient(origin('1.1.1.1', 'secret-key'), options);
  expect(known.kind).toBe('key');
  expect(identifyClient(origin('2.2.2.2', 'secret-key'), options)).toEqual(known);
  const address = identifyClient(origin('1.1.1.1'), options);
  expect(identifyClient(origin('1.1.1.1', 'invented-1'), options)).toEqual(address);
  expect(identifyClient(origin('1.1.1.1', 'invented-2'), options)).toEqual(address);
});

test('neither a key nor an address can be read from the id', () => {
  const ids = [
    identifyClient(origin('1.1.1.1', 'secret-key'), options),
    identifyClient(origin('1.1.1.1'), options),
  ];
  for (const { id } of ids) {
    expect(id).toMatch(/^[ka][0-9a-f]{32}$/);
    expect(id).not.toContain('1.1.1.1');
  }
});

test('an IPv6 client is its /64, an IPv4 client itself in either notation', () => {
  const id = (address: string) => identifyClient(origin(address), options).id;
  expect(id('2001:db8:1:2::1')).toBe(id('2001:0db8:0001:0002:ffff:ffff:ffff:ffff'));
  expect(id('2001:db8:1:2::1')).not.toBe(id('2001:db8:1:3::1'));
  expect(id('::1')).toBe(id('::2'));
  expect(id('::ffff:1.1.1.1')).toBe(id('1.1.1.1'));
  expect(id('1.1.1.1')).not.toBe(id('1.1.1.2'));
});
