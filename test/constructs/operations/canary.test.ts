import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Canary, type CanaryProps } from '../../../constructs';
import { CANARY_SCRIPT } from '../../../constructs/operations/canary-script';

function templateOf(props: Partial<CanaryProps> = {}): Template {
  const stack = new Stack(new App(), 'Stack', { env: { account: '000000000000', region: 'us-west-2' } });
  new Canary(stack, 'Canary', {
    canaryName: 'shop-from-us-west-2',
    checks: [{ url: 'https://shop.example.com/readyz' }],
    ...props,
  });
  return Template.fromStack(stack);
}

test('asks once a minute, on plain Node, and cleans up after itself', () => {
  templateOf().hasResourceProperties('AWS::Synthetics::Canary', {
    Name: 'shop-from-us-west-2',
    RuntimeVersion: 'syn-nodejs-3.1',
    Schedule: { Expression: 'rate(1 minute)' },
    ProvisionedResourceCleanup: 'AUTOMATIC',
    RunConfig: {
      EnvironmentVariables: {
        CHECKS: '[{"url":"https://shop.example.com/readyz","status":200,"withinMilliseconds":5000}]',
      },
    },
    Code: { Handler: 'index.handler', Script: CANARY_SCRIPT },
  });
});

test('may write its own reports, logs and metrics, and nothing else', () => {
  const policies = Object.values(templateOf().findResources('AWS::IAM::Policy'));
  const actions = policies.flatMap(({ Properties }) =>
    Properties.PolicyDocument.Statement.flatMap(({ Action }: { Action: string | string[] }) => Action),
  );
  expect(actions.sort()).toEqual([
    'cloudwatch:PutMetricData',
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    's3:GetBucketLocation',
    's3:PutObject',
  ]);
});

test('its reports are kept from the public and go after a month', () => {
  const template = templateOf();
  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 31, Status: 'Enabled' }] },
    },
  });
});

test.each<[string, Partial<CanaryProps>, string]>([
  ['no check', { checks: [] }, 'checks.length'],
  ['an address that is none', { checks: [{ url: 'shop.example.com' }] }, 'checks[0].url'],
  ['a status that is none', { checks: [{ url: 'https://a.example', status: 42 }] }, 'checks[0].status'],
  [
    'a minute of patience',
    { checks: [{ url: 'https://a.example', within: Duration.minutes(1) }] },
    'checks[0].within (milliseconds)',
  ],
  ['half minutes', { every: Duration.seconds(30) }, 'every (minutes)'],
  ['a name with a dot', { canaryName: 'a.b' }, 'canaryName'],
])('refuses %s', (_what, props, path) => {
  expect(() => templateOf(props)).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ path })] }),
  );
});

describe('what it runs', () => {
  let answer: (request: http.IncomingMessage, response: http.ServerResponse) => void;
  const connections = new Set<number | undefined>();
  const server = http.createServer((request, response) => {
    connections.add(request.socket.remotePort);
    answer(request, response);
  });
  beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => connections.clear());

  /** Runs the script as the service does: as a module of its own, with its variables. */
  async function run(
    ...checks: { path: string; status?: number; withinMilliseconds?: number }[]
  ): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const CHECKS = JSON.stringify(
      checks.map(({ path, status = 200, withinMilliseconds = 2000 }) => ({
        ...{ url: `http://127.0.0.1:${port}${path}`, status, withinMilliseconds },
      })),
    );
    const module: { handler?: () => Promise<string> } = {};
    const load = new Function('exports', 'require', 'process', CANARY_SCRIPT);
    load(module, require, { env: { CHECKS }, hrtime: process.hrtime });
    return (await module.handler?.()) ?? '';
  }

  test('every check on a connection of its own', async () => {
    answer = (_request, response) => response.writeHead(200).end('fine');
    expect(await run({ path: '/a' }, { path: '/b' })).toBe('2 checks passed');
    expect(connections.size).toBe(2);
  });

  test('a wrong status, a refusal and silence fail, with every reason at once', async () => {
    answer = ({ url }, response) => {
      if (url === '/503') response.writeHead(503).end();
      if (url === '/cut') response.destroy();
      if (url === '/fine') response.writeHead(200).end();
    };
    const failed = run(
      { path: '/503' },
      { path: '/cut' },
      { path: '/silent', withinMilliseconds: 150 },
      { path: '/fine' },
    );
    const { message } = (await failed.catch((error: Error) => error)) as Error;
    expect(message).toMatch(
      /\/503: status 503 instead of 200; .*\/cut: socket hang up; .*\/silent: no answer within 150 ms/,
    );
    expect(message).not.toContain('/fine');
  });

  test('a status other than 200 may be the right one', async () => {
    answer = (_request, response) => response.writeHead(421).end();
    expect(await run({ path: '/', status: 421 })).toBe('1 checks passed');
  });

  test('an answer that begins and never ends is no answer', async () => {
    answer = (_request, response) => void response.writeHead(200).write('begin');
    await expect(run({ path: '/', withinMilliseconds: 150 })).rejects.toThrow(/no answer within 150 ms/);
  });
});
