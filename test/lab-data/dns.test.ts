import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { decode, encode, type Question, streamDecode, streamEncode } from 'dns-packet';
import fc from 'fast-check';
import { DnsServer, type DnsWorld, type RecordSet, type Zone } from '../../lib/lab/dns';
import { answerMessage } from '../../lib/lab/dns/message';
import { resolve } from '../../lib/lab/dns/resolve';
import { freePort } from '../../lib/lab/network';

const unhealthy = new Set<string>();
const world: DnsWorld = {
  checkIsHealthy: id => !unhealthy.has(id),
  resourceAddresses: name =>
    ({ 'ohio.elb.example.net': ['127.0.10.1'], 'oregon.elb.example.net': ['127.0.11.1'] })[name],
  timeScale: 10,
};
const alias = (name: string, target: string, rest: Partial<RecordSet> = {}): RecordSet => ({
  name,
  type: 'A',
  alias: { name: target, evaluateTargetHealth: false },
  ...rest,
});
const zone: Zone = {
  name: 'example.com',
  records: [
    {
      name: 'example.com',
      type: 'SOA',
      ttl: 900,
      values: ['ns-1.example.net. hostmaster.example.net. 1 7200 900 1209600 86400'],
    },
    alias('orders.example.com', 'ohio.elb.example.net', {
      setIdentifier: 'us-east-2',
      failover: 'PRIMARY',
      healthCheckId: 'chain',
    }),
    alias('orders.example.com', 'oregon.elb.example.net', {
      setIdentifier: 'us-west-2',
      failover: 'SECONDARY',
    }),
    alias('us-west-2.orders.example.com', 'oregon.elb.example.net'),
    { name: 'www.example.com', type: 'CNAME', ttl: 300, values: ['Orders.Example.com.'] },
    { name: 'text.example.com', type: 'TXT', ttl: 5, values: ['"one" "two"'] },
    {
      name: 'big.example.com',
      type: 'TXT',
      ttl: 60,
      values: Array.from({ length: 8 }, () => `"${'x'.repeat(200)}"`),
    },
  ],
};

const ask = (name: string, type: Question['type'] = 'A', zones = [zone]) =>
  resolve(zones, { name, type }, world);
const addresses = (name: string) => ask(name).answers.map(answer => (answer as { data: unknown }).data);

beforeEach(() => unhealthy.clear());

test('the service name turns with the check of the primary, and only with it', () => {
  expect(addresses('orders.example.com')).toEqual(['127.0.10.1']);
  unhealthy.add('chain');
  expect(addresses('orders.example.com')).toEqual(['127.0.11.1']);
  unhealthy.clear();
  expect(addresses('orders.example.com')).toEqual(['127.0.10.1']);
});

test('with nothing healthy all count as healthy, so the primary answers', () => {
  const records = zone.records.map(record =>
    record.failover === 'SECONDARY' ? { ...record, healthCheckId: 'last' } : record,
  );
  unhealthy.add('chain').add('last');
  const { answers } = ask('orders.example.com', 'A', [{ ...zone, records }]);
  expect(answers).toMatchObject([{ data: '127.0.10.1' }]);
});

test('names nested for a chain of three turn to the first healthy one', () => {
  const nested: Zone = {
    name: 'example.com',
    records: [
      alias('a.example.com', 'one', { setIdentifier: '1', failover: 'PRIMARY', healthCheckId: 'first' }),
      alias('a.example.com', 'rest.example.com', { setIdentifier: '2', failover: 'SECONDARY' }),
      alias('rest.example.com', 'two', { setIdentifier: '1', failover: 'PRIMARY', healthCheckId: 'second' }),
      alias('rest.example.com', 'three', { setIdentifier: '2', failover: 'SECONDARY' }),
    ],
  };
  const there: DnsWorld = { ...world, resourceAddresses: name => [`127.0.0.${name.length}`] };
  const answer = () => resolve([nested], { name: 'a.example.com', type: 'A' }, there).answers;
  expect(answer()).toMatchObject([{ name: 'a.example.com', data: '127.0.0.3' }]);
  unhealthy.add('first').add('second');
  expect(answer()).toMatchObject([{ name: 'a.example.com', data: '127.0.0.5' }]);
});

test('TTLs are divided by the time scale and stay whole seconds: 60 to 6, 5 to 1', () => {
  expect(ask('orders.example.com').answers[0]).toMatchObject({ ttl: 6 });
  expect(ask('text.example.com', 'TXT').answers[0]).toMatchObject({ ttl: 1 });
});

test('names compare without case, answers repeat the case that was asked', () => {
  expect(ask('ORDERS.example.COM').answers[0]).toMatchObject({
    name: 'ORDERS.example.COM',
    data: '127.0.10.1',
  });
});

test('a CNAME is followed inside the zone', () => {
  expect(ask('www.example.com').answers).toMatchObject([
    { type: 'CNAME', data: 'Orders.Example.com', ttl: 30 },
    { type: 'A', name: 'orders.example.com', data: '127.0.10.1' },
  ]);
});

test('an absent name is NXDOMAIN, an absent type is empty, each with the SOA; a foreign name is refused', () => {
  expect(ask('nothing.example.com')).toMatchObject({
    rcode: 'NXDOMAIN',
    authorities: [{ type: 'SOA', ttl: 90 }],
  });
  expect(ask('orders.example.com', 'AAAA')).toMatchObject({
    rcode: 'NOERROR',
    answers: [],
    authorities: [{ type: 'SOA' }],
  });
  // A name above an existing one exists (RFC 8020).
  expect(ask('us-west-2.orders.example.com').rcode).toBe('NOERROR');
  expect(ask('elsewhere.org').rcode).toBe('REFUSED');
});

test('a routing policy that the lab does not know is a failure, never a guess', () => {
  const records = [alias('w.example.com', 'one', { setIdentifier: 'a' })];
  expect(ask('w.example.com', 'A', [{ name: 'example.com', records }]).rcode).toBe('SERVFAIL');
});

describe('over the network', () => {
  let server: DnsServer;
  let port: number;

  beforeEach(async () => {
    port = await freePort('127.0.0.1');
    server = new DnsServer({ host: '127.0.0.1', port, world });
    await server.listen();
    server.update([zone]);
  });
  afterEach(() => server.close());

  test('an ordinary resolver gets the address with its TTL', async () => {
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${port}`]);
    expect(await resolver.resolve4('orders.example.com', { ttl: true })).toEqual([
      { address: '127.0.10.1', ttl: 6 },
    ]);
    await expect(resolver.resolve4('nothing.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    // Too large for a datagram: the resolver asks again over TCP.
    expect(await resolver.resolveTxt('big.example.com')).toHaveLength(8);
  });

  test('several questions over one TCP connection, in pieces, are answered', async () => {
    const question = (id: number) =>
      streamEncode({ type: 'query', id, questions: [{ type: 'A', name: 'orders.example.com' }] });
    const bytes = Buffer.concat([question(1), question(2)]);
    const socket = connect(port, '127.0.0.1');
    let received = Buffer.alloc(0);
    const ids: (number | undefined)[] = [];
    const done = new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('data', chunk => {
        received = Buffer.concat([received, chunk]);
        while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
          const end = 2 + received.readUInt16BE(0);
          ids.push(streamDecode(received.subarray(0, end)).id);
          received = received.subarray(end);
        }
        if (ids.length === 2) resolve();
      });
    });
    for (const byte of bytes) socket.write(Buffer.from([byte]));
    await done;
    socket.destroy();
    expect(ids).toEqual([1, 2]);
  });

  test('noise does not stop it', async () => {
    const noise = createSocket('udp4');
    const send = (bytes: Buffer) => new Promise(resolve => noise.send(bytes, port, '127.0.0.1', resolve));
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from([1]),
      Buffer.alloc(12, 0xff),
      Buffer.alloc(600, 0xc0),
    ]) {
      await send(bytes);
    }
    noise.close();
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${port}`]);
    expect(await resolver.resolve4('us-west-2.orders.example.com')).toEqual(['127.0.11.1']);
  });
});

test('no bytes make the answerer throw, and what it answers can be read', () => {
  const valid = encode({ type: 'query', id: 7, questions: [{ type: 'A', name: 'orders.example.com' }] });
  const anything = fc.uint8Array({ maxLength: 100 }).map(bytes => Buffer.from(bytes));
  const damaged = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 6 }).map(changes => {
    const bytes = Buffer.from(valid);
    for (const [place, value] of changes) bytes[place] = value;
    return bytes;
  });
  fc.assert(
    fc.property(
      fc.oneof(anything, damaged),
      fc.constantFrom('udp' as const, 'tcp' as const),
      (bytes, transport) => {
        const answer = answerMessage(bytes, transport, [zone], world);
        if (answer === undefined) return;
        expect(answer.readUInt16BE(0)).toBe(bytes.readUInt16BE(0));
        expect(decode(answer).type).toBe('response');
      },
    ),
    { numRuns: 500 },
  );
});

test('an answer is never answered', () => {
  const response = encode({
    type: 'response',
    id: 7,
    questions: [{ type: 'A', name: 'orders.example.com' }],
  });
  expect(answerMessage(response, 'udp', [zone], world)).toBeUndefined();
});
