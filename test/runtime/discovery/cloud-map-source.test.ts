import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { cloudMapSource } from '../../../lib/runtime/discovery/cloud-map-source';

const asked: Array<{ action: string; input: Record<string, unknown> }> = [];
let answer: object | undefined;
const server = http.createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const action = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  asked.push({ action, input: JSON.parse(Buffer.concat(chunks).toString()) });
  if (answer !== undefined)
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
});
let endpointUrl: string;

beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  endpointUrl = `http://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});
beforeEach(() => asked.splice(0));

const source = () =>
  cloudMapSource({
    region: 'us-east-2',
    namespace: 'shop',
    service: 'stock',
    endpointUrl,
    timeoutMilliseconds: 500,
  });

test('lists instances with their addresses, and leaves out what has none', async () => {
  answer = {
    InstancesRevision: 7,
    Instances: [
      { InstanceId: 'i-1', Attributes: { AWS_INSTANCE_IPV4: '10.0.0.1', AWS_INSTANCE_PORT: '8443' } },
      { InstanceId: 'i-2', Attributes: { AWS_INSTANCE_CNAME: 'stock.internal' } },
      { InstanceId: 'i-3', Attributes: {} },
      { InstanceId: 'i-4', Attributes: { AWS_INSTANCE_IPV4: '10.0.0.4', AWS_INSTANCE_PORT: 'x' } },
    ],
  };
  expect(await source().list()).toEqual({
    revision: '7',
    endpoints: [
      { id: 'i-1', host: '10.0.0.1', port: 8443 },
      { id: 'i-2', host: 'stock.internal', port: 443 },
    ],
  });
  expect(asked).toMatchObject([
    {
      action: 'DiscoverInstances',
      input: {
        NamespaceName: 'shop',
        ServiceName: 'stock',
        HealthStatus: 'HEALTHY_OR_ELSE_ALL',
        MaxResults: 1000,
      },
    },
  ]);
});

test('asks for the revision alone', async () => {
  answer = { InstancesRevision: 8 };
  expect(await source().revision()).toBe('8');
  expect(asked.map(({ action }) => action)).toEqual(['DiscoverInstancesRevision']);
});

test('an answer without a revision is none, and one that does not come ends in time', async () => {
  answer = {};
  await expect(source().revision()).rejects.toMatchObject({ code: 'unavailable' });
  answer = undefined;
  await expect(source().list()).rejects.toMatchObject({ code: 'unavailable' });
});
