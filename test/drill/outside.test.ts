import dgram from 'node:dgram';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import packet from 'dns-packet';
import { createOutside, type OutsideClient } from '../../lib/drill';
import { TestAuthority } from '../helpers/certificates';
import { VirtualClock } from './virtual-clock';

const NAME = 'orders.example.com';

/** A DNS server and a web server on loopback, as in the lab. */
class Loopback {
  address = '127.0.0.1';
  ttl = 6;
  questions = 0;
  readonly seen: http.IncomingMessage[] = [];
  connections = 0;
  answer: http.RequestListener = (_request, response) => void response.end('{"ok":true}');
  private readonly dns = dgram.createSocket('udp4');
  private readonly web = http.createServer((request, response) => {
    this.seen.push(request);
    this.answer(request, response);
  });

  async start(): Promise<void> {
    this.dns.on('message', (message, from) => {
      const query = packet.decode(message);
      this.questions++;
      const answers = [{ type: 'A' as const, name: NAME, ttl: this.ttl, data: this.address }];
      const known = query.questions?.[0]?.name === NAME;
      const reply = packet.encode({
        type: 'response',
        id: query.id ?? 0,
        flags: packet.RECURSION_DESIRED | (known ? 0 : 3),
        questions: query.questions ?? [],
        answers: known ? answers : [],
      });
      this.dns.send(reply, from.port, from.address);
    });
    await new Promise<void>(resolve => this.dns.bind(0, '127.0.0.1', resolve));
    this.web.on('connection', () => this.connections++);
    await new Promise<void>(resolve => this.web.listen(0, '0.0.0.0', resolve));
  }

  get port(): number {
    return (this.web.address() as AddressInfo).port;
  }

  get dnsServer(): string {
    return `127.0.0.1:${this.dns.address().port}`;
  }

  async stop(): Promise<void> {
    this.dns.close();
    this.web.closeAllConnections();
    await new Promise(resolve => this.web.close(resolve));
  }
}

describe('the outside client', () => {
  const clock = new VirtualClock();
  let loopback: Loopback;
  let outside: OutsideClient;
  const get = (path = '/', timeoutMilliseconds = 2000) =>
    outside.request({ host: NAME, scheme: 'http', port: loopback.port, path, timeoutMilliseconds });

  beforeEach(async () => {
    loopback = new Loopback();
    await loopback.start();
    outside = createOutside({ clock, dnsServers: [loopback.dnsServer] });
  });
  afterEach(async () => {
    outside.close();
    await loopback.stop();
  });

  test('resolves at the given server, with the TTL', async () => {
    expect(await outside.resolve(NAME)).toEqual({ addresses: ['127.0.0.1'], ttlSeconds: 6 });
  });

  test('sends the name in the Host header, over one connection', async () => {
    await get('/one');
    const answer = await get('/two');
    expect(answer).toMatchObject({ status: 200, body: '{"ok":true}' });
    expect(loopback.seen.map(request => request.url)).toEqual(['/one', '/two']);
    expect(loopback.seen[0]?.headers.host).toBe(`${NAME}:${loopback.port}`);
    expect(loopback.connections).toBe(1);
  });

  test('keeps an answer for its TTL and not longer', async () => {
    await Promise.all([get(), get()]);
    expect(loopback.questions).toBe(1);
    await clock.sleep(5900);
    await get();
    expect(loopback.questions).toBe(1);
    await clock.sleep(200);
    loopback.address = '127.0.0.2';
    await get();
    expect(loopback.questions).toBe(2);
    expect(loopback.seen.at(-1)?.socket.localAddress).toContain('127.0.0.2');
  });

  test('a name that does not resolve, a refused connection and silence are unavailable', async () => {
    await expect(outside.resolve('nowhere.example.com')).rejects.toMatchObject({ code: 'unavailable' });
    const request = { host: NAME, scheme: 'http' as const, path: '/', timeoutMilliseconds: 500 };
    await expect(outside.request({ ...request, port: 1 })).rejects.toMatchObject({ code: 'unavailable' });
    loopback.answer = () => undefined;
    await expect(get('/', 50)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('an answer that breaks off is unavailable', async () => {
    loopback.answer = (request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => request.socket.destroy());
    };
    await expect(get()).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('sends a body with its length', async () => {
    const bodies: string[] = [];
    loopback.answer = (request, response) => {
      request.on('data', chunk => bodies.push(String(chunk)));
      request.on('end', () => response.writeHead(201, { 'x-holdfast-epoch': '2' }).end('{"id":"1"}'));
    };
    const answer = await outside.request({
      ...{ host: NAME, scheme: 'http', port: loopback.port, path: '/orders', timeoutMilliseconds: 2000 },
      ...{ method: 'POST', body: '{"item":"ü"}', headers: { 'content-type': 'application/json' } },
    });
    expect(answer).toMatchObject({ status: 201, headers: { 'x-holdfast-epoch': '2' } });
    expect(bodies.join('')).toBe('{"item":"ü"}');
  });
});

describe('the certificate of a name', () => {
  const loopback = new Loopback();
  const authority = new TestAuthority();
  const end = Math.floor(Date.now() / 1000) * 1000 + 3_000_000;
  let server: tls.Server;
  let outside: OutsideClient;
  beforeAll(async () => {
    await loopback.start();
    outside = createOutside({ clock: new VirtualClock(), dnsServers: [loopback.dnsServer] });
  });
  const present = async (name: string) => {
    const { certificate, key } = authority.issueUntil(end, name);
    server = tls.createServer({ cert: certificate, key });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const trustTheAuthority = () => {
    const { connect } = tls;
    const trusting = (options: tls.ConnectionOptions, done: () => void) =>
      connect({ ...options, ca: authority.certificate }, done);
    jest.spyOn(tls, 'connect').mockImplementation(trusting as typeof connect);
  };
  afterEach(async () => {
    jest.restoreAllMocks();
    await new Promise(resolve => server.close(resolve));
  });
  afterAll(async () => {
    outside.close();
    await loopback.stop();
  });

  test('ends when it says', async () => {
    const port = await present(NAME);
    trustTheAuthority();
    expect(await outside.certificateEnd(NAME, port)).toEqual(new Date(end));
  });

  test('of another name, or of nobody who is trusted, is refused', async () => {
    const port = await present('other.example.com');
    await expect(outside.certificateEnd(NAME, port)).rejects.toMatchObject({ code: 'refused' });
    trustTheAuthority();
    await expect(outside.certificateEnd(NAME, port)).rejects.toThrow('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('is unknown where nothing answers', async () => {
    const port = await present(NAME);
    await new Promise(resolve => server.close(resolve));
    await expect(outside.certificateEnd(NAME, port)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
