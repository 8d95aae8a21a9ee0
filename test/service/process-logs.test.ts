import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { processLogs } from '../../lib/service/process-logs';

interface Call {
  readonly action: string;
  readonly input: { readonly logStreamName: string; readonly logEvents?: ReadonlyArray<{ message: string }> };
}

const calls: Call[] = [];
/** CloudWatch Logs, as far as a process that delivers its lines sees it. */
const logs = http.createServer((request, response) => {
  let body = '';
  request.on('data', chunk => {
    body += chunk;
  });
  request.on('end', () => {
    const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    calls.push({ action, input: JSON.parse(body) });
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{}');
  });
});
const BEFORE = { ...process.env };

beforeAll(async () => {
  await new Promise<void>(resolve => logs.listen(0, '127.0.0.1', resolve));
  const AWS_ENDPOINT_URL_CLOUDWATCH_LOGS = `http://127.0.0.1:${(logs.address() as AddressInfo).port}`;
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  Object.assign(process.env, { ...credentials, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS });
});
afterAll(async () => {
  process.env = BEFORE;
  logs.closeAllConnections();
  await new Promise(resolve => logs.close(resolve));
});

test('the last lines of a process are delivered before it ends, into a stream of this run', async () => {
  const onChange = jest.fn();
  const environment = { region: 'us-east-2', instanceId: 'i-1', logGroup: 'orders' };
  const delivered = processLogs(environment, 'worker', onChange);
  delivered?.take('{"message":"process.stopped"}');
  await delivered?.end();
  const lines = calls.flatMap(({ input }) => input.logEvents ?? []).map(({ message }) => message);
  expect(lines).toEqual(['{"message":"process.stopped"}']);
  expect(calls[0]?.input.logStreamName).toMatch(/^worker\/i-1\/\d{4}-\d\d-\d\dT[\d.-]+Z$/);
  expect(onChange).not.toHaveBeenCalled();
});

test('without a group nothing is delivered', () => {
  expect(processLogs({ region: 'us-east-2', instanceId: 'i-1' }, 'worker', jest.fn())).toBeUndefined();
});
