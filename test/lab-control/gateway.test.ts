import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { AppConfigClient, ListApplicationsCommand } from '@aws-sdk/client-appconfig';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListHealthChecksCommand, Route53Client } from '@aws-sdk/client-route-53';
import { HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { systemClock } from '../../lib/clock';
import { Gateway, GatewayClient, GatewayState } from '../../lib/lab/gateway';
import { waitFor } from '../../lib/lab/wait-for';
import { REGISTER, TOKEN } from './control-plane';

/** A stand-in for the emulator: answers what the test says, and remembers what it got. */
class Upstream {
  readonly seen: IncomingMessage[] = [];
  answer: (incoming: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    void response.end('{}');
  readonly server: Server = createServer((incoming, response) => {
    this.seen.push(incoming);
    this.answer(incoming, response);
  });

  async listen(): Promise<number> {
    await new Promise<void>(resolve => void this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as { port: number }).port;
  }
}

let gateway: Gateway;
let upstream: Upstream;
let admin: GatewayClient;

beforeEach(async () => {
  upstream = new Upstream();
  gateway = await Gateway.listen({ state: new GatewayState(REGISTER), clock: systemClock, token: TOKEN });
  gateway.connect(await upstream.listen());
  admin = new GatewayClient(gateway.endpoint, TOKEN);
});
afterEach(async () => {
  await gateway.close();
  upstream.server.closeAllConnections();
  await new Promise(resolve => upstream.server.close(resolve));
});

const settings = (caller = 'drill', maxAttempts = 1) => ({
  endpoint: gateway.endpoint,
  region: 'us-west-2',
  credentials: { accessKeyId: caller, secretAccessKey: 'x' },
  maxAttempts,
  forcePathStyle: true,
});

/** One call in each wire protocol, with the name that its SDK gives to a refusal. */
const protocols: readonly [string, string, string, string, () => Promise<unknown>][] = [
  [
    'json',
    'dynamodb',
    'GetItem',
    'AccessDeniedException',
    () =>
      new DynamoDBClient(settings()).send(new GetItemCommand({ TableName: 'any', Key: { pk: { S: 'a' } } })),
  ],
  [
    'query',
    'autoscaling',
    'DescribeAutoScalingGroups',
    'AccessDenied',
    () => new AutoScalingClient(settings()).send(new DescribeAutoScalingGroupsCommand({})),
  ],
  [
    'ec2',
    'ec2',
    'DescribeVpcs',
    'UnauthorizedOperation',
    () => new EC2Client(settings()).send(new DescribeVpcsCommand({})),
  ],
  [
    'rest-xml',
    'route53',
    'ListHealthChecks',
    'AccessDenied',
    () => new Route53Client(settings()).send(new ListHealthChecksCommand({})),
  ],
  [
    'rest-json',
    'appconfig',
    'ListApplications',
    'AccessDeniedException',
    () => new AppConfigClient(settings()).send(new ListApplicationsCommand({})),
  ],
  [
    's3',
    's3',
    'ListObjects',
    'AccessDenied',
    () => new S3Client(settings()).send(new ListObjectsV2Command({ Bucket: 'bucket' })),
  ],
  [
    'cbor',
    'monitoring',
    'DescribeAlarms',
    'AccessDeniedException',
    () => new CloudWatchClient(settings()).send(new DescribeAlarmsCommand({})),
  ],
];

describe('policy', () => {
  test.each(protocols)(
    'a refusal in %s is what its SDK calls one',
    async (_, service, action, name, call) => {
      gateway.state.deny({ id: 'no', service });
      await expect(call()).rejects.toMatchObject({ name });
      expect(upstream.seen).toEqual([]);
      const [recorded] = gateway.state.calls.read({ service });
      expect(recorded).toMatchObject({
        caller: 'drill',
        region: expect.any(String),
        action,
        outcome: 'denied',
      });
    },
  );

  test('names caller, service, action and Region, and can be lifted', async () => {
    const call = (caller: string) =>
      new DynamoDBClient(settings(caller)).send(new GetItemCommand({ TableName: 'any', Key: {} }));
    await admin.deny({ id: 'no', caller: 'drill', service: 'dynamodb', action: 'Get*', region: 'us-west-2' });
    await expect(call('drill')).rejects.toThrow(/not authorized/);
    await call('clone');
    await admin.deny({ id: 'no', caller: 'drill', service: 'dynamodb', action: 'PutItem' });
    await call('drill');
    await admin.allow('no');
    expect((await admin.state()).deny).toEqual([]);
  });
});

describe('faults', () => {
  const read = (attempts: number) =>
    new DynamoDBClient(settings('clone', attempts)).send(new GetItemCommand({ TableName: 'any', Key: {} }));

  test.each([
    ['throttle', { kind: 'throttle' }, 'ThrottlingException'],
    ['error', { kind: 'error', status: 500 }, 'InternalServerError'],
    ['reset', { kind: 'reset' }, 'Error'],
  ] as const)(
    '%s hits as often as it says, and an SDK that retries gets through',
    async (_, effect, name) => {
      await admin.injectFault({ id: 'f', match: { service: 'dynamodb' }, effect, remaining: 2 });
      await expect(read(1)).rejects.toMatchObject({ name });
      await read(3);
      expect(gateway.state.faults()).toEqual([]);
      const outcomes = gateway.state.calls.read().map(call => call.outcome);
      expect(outcomes).toEqual(['fault', 'fault', 'forwarded']);
    },
  );

  test('latency holds a call back and lets it through', async () => {
    await admin.injectFault({ id: 'slow', match: {}, effect: { kind: 'latency', milliseconds: 80 } });
    await read(1);
    expect(gateway.state.calls.read()[0]?.durationMs).toBeGreaterThanOrEqual(79);
    await admin.clearFault('slow');
    expect(gateway.state.faults()).toEqual([]);
  });
});

describe('the proxy', () => {
  test('streams a large body without holding it, both ways', async () => {
    const body = randomBytes(6 * 1024 * 1024);
    let first: number | undefined;
    upstream.answer = (incoming, response) => {
      incoming.once('data', () => {
        first = sent;
      });
      response.writeHead(200);
      incoming.pipe(response);
    };
    let sent = 0;
    const slices = Readable.from(
      (async function* () {
        for (; sent < body.length; sent += 65_536) yield body.subarray(sent, sent + 65_536);
      })(),
    );
    const echoed = await new Promise<Buffer>((resolve, reject) => {
      const outgoing = request(`${gateway.endpoint}/bucket/key`, { method: 'PUT' }, response => {
        Readable.from(response)
          .toArray()
          .then(chunks => resolve(Buffer.concat(chunks)), reject);
      });
      slices.pipe(outgoing);
    });
    const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    expect(hash(echoed)).toBe(hash(body));
    expect(first).toBeLessThan(body.length);
  });

  test('passes an object on as the SDK signed it', async () => {
    upstream.answer = (incoming, response) => void incoming.resume().once('end', () => response.end());
    const s3 = new S3Client(settings());
    await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body: Buffer.alloc(100_000, 'a') }));
    await s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'key' }));
    expect(upstream.seen.map(({ method, url }) => [method, url?.split('?')[0]])).toEqual([
      ['PUT', '/bucket/key'],
      ['HEAD', '/bucket/key'],
    ]);
    expect(gateway.state.calls.read().map(call => call.action)).toEqual(['PutObject', 'HeadObject']);
  });

  test('a connection that the emulator closed idle is no failure', async () => {
    const call = () => new DynamoDBClient(settings()).send(new GetItemCommand({ TableName: 'any', Key: {} }));
    await call();
    let refused = 0;
    upstream.answer = (incoming, response) => {
      // The second use of a kept connection finds it closed, once.
      if (refused === 0) {
        refused += 1;
        incoming.socket.destroy();
      } else response.end('{}');
    };
    await call();
    expect(refused).toBe(1);
  });

  test('an emulator that dies in the middle is a service that is unavailable, and the gateway lives on', async () => {
    upstream.answer = incoming => void incoming.socket.destroy();
    const call = () => new STSClient(settings()).send(new GetCallerIdentityCommand({}));
    await expect(call()).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    expect(gateway.state.calls.read()).toMatchObject([{ status: 503, outcome: 'unreachable' }]);
    upstream.answer = (_, response) =>
      void response.end(
        '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
      );
    expect((await call()).Account).toBe('1');
  });

  test('a caller that goes away while the emulator works is recorded, and holds nothing', async () => {
    const answers: ServerResponse[] = [];
    upstream.answer = (_, response) => void answers.push(response);
    const gone = new AbortController();
    const call = fetch(`${gateway.endpoint}/bucket/key`, { signal: gone.signal });
    await waitFor(() => answers.length > 0, {
      clock: systemClock,
      timeout: 5000,
      what: 'the call',
      interval: 5,
    });
    gone.abort();
    await expect(call).rejects.toThrow();
    answers[0]?.end('late');
    const recorded = () => gateway.state.calls.total === 1;
    await waitFor(recorded, { clock: systemClock, timeout: 5000, what: 'the record', interval: 5 });
  });

  test('before the emulator is there, calls are unavailable and SDKs try again', async () => {
    const early = await Gateway.listen({ state: new GatewayState(), clock: systemClock, token: TOKEN });
    const client = new STSClient({ ...settings(), endpoint: early.endpoint });
    await expect(client.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'ServiceUnavailable',
    });
    await early.close();
  });

  test('a taken port is said so', async () => {
    const again = Gateway.listen({
      state: new GatewayState(),
      clock: systemClock,
      token: TOKEN,
      port: gateway.port,
    });
    await expect(again).rejects.toMatchObject({
      code: 'environment',
      message: expect.stringMatching(/EADDRINUSE/),
    });
  });

  test('calls under an assumed role count as the caller who assumed it', async () => {
    upstream.answer = (_, response) => void response.end('<R><AccessKeyId>ASIAROLE</AccessKeyId></R>');
    const assume = new URLSearchParams({ Action: 'AssumeRole' });
    const signed = (key: string) => ({
      authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/sts/aws4_request, Signature=0`,
      'content-type': 'application/x-www-form-urlencoded',
    });
    await fetch(gateway.endpoint, { method: 'POST', body: assume, headers: signed('cdk') });
    await fetch(gateway.endpoint, {
      method: 'POST',
      body: 'Action=GetCallerIdentity',
      headers: signed('ASIAROLE'),
    });
    const calls = gateway.state.calls.read().map(({ caller, action }) => [caller, action]);
    expect(calls).toEqual([
      ['cdk', 'AssumeRole'],
      ['cdk', 'GetCallerIdentity'],
    ]);
  });
});

describe('the admin API', () => {
  test('needs the token of this lab', async () => {
    const stranger = new GatewayClient(gateway.endpoint, 'guessed');
    await expect(stranger.state()).rejects.toMatchObject({ code: 'refused' });
    await expect(stranger.deny({ id: 'a' })).rejects.toMatchObject({ code: 'refused' });
    expect(gateway.state.denied()).toEqual([]);
  });

  test('says what is wrong with a rule, and knows no other operation', async () => {
    const wrong = admin.ask('PUT', 'faults', { id: 'f', match: {}, effect: { kind: 'sloth' } });
    await expect(wrong).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/effect/),
    });
    await expect(admin.ask('PUT', 'deny', { id: 'a', sevice: 'iam' })).rejects.toThrow(/sevice/);
    await expect(admin.ask('GET', 'secrets')).rejects.toMatchObject({ code: 'not-found' });
    await expect(admin.setReachable('eu-west-1', false)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('takes operations that the lab adds', async () => {
    gateway.handleAdmin('POST', 'lab/kill', body => ({ killed: body }));
    expect(await admin.ask('POST', 'lab/kill', 'clone')).toEqual({ killed: 'clone' });
  });

  test('reads recorded calls from a cursor on, by match', async () => {
    for (const caller of ['clone', 'drill', 'clone']) {
      await new DynamoDBClient(settings(caller)).send(new GetItemCommand({ TableName: 'any', Key: {} }));
    }
    expect(await admin.calls({ caller: 'clone', after: 1 })).toMatchObject([
      { sequence: 3, parameters: { TableName: 'any' } },
    ]);
  });

  test('a lab that is down is said to be', async () => {
    const nobody = new GatewayClient('http://127.0.0.1:1', TOKEN);
    await expect(nobody.state()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/is it up/),
    });
  });
});
