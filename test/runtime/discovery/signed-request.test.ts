import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';
import { requestSigner } from '../../../lib/runtime/discovery/signed-request';
import { Sha256 } from '../../../lib/runtime/sha256';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const options = { region: 'us-east-1', service: 'execute-api', credentials };

/** What stands before a service on AWS: signs what came once more, and compares. */
const server = http.createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '', `http://${request.headers.host}`);
  // The hash of the body is not taken from the header, where the sender put it, but made anew.
  const names =
    /SignedHeaders=([^,]+)/
      .exec(request.headers.authorization ?? '')?.[1]
      ?.split(';')
      .filter(isNoHash) ?? [];
  const headers = Object.fromEntries(names.map(name => [name, String(request.headers[name])]));
  const verifier = new SignatureV4({ ...options, sha256: Sha256 });
  const again = await verifier.sign(
    {
      method: request.method ?? '',
      protocol: 'http:',
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(
        [...new Set(url.searchParams.keys())].map(name => [name, url.searchParams.getAll(name)]),
      ),
      headers,
      body: Buffer.concat(chunks),
    },
    { signingDate: dateOf(String(request.headers['x-amz-date'])) },
  );
  const genuine = again.headers.authorization === request.headers.authorization;
  response.writeHead(genuine ? 200 : 403).end();
});

const isNoHash = (name: string): boolean => name !== 'x-amz-content-sha256';

function dateOf(text: string): Date {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const [year = 0, month = 1, ...rest] = parts.map(Number);
  return new Date(Date.UTC(year, month - 1, ...rest));
}

let base: string;
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});

const post = async (url: URL, headers: Record<string, string>, body: string) => {
  const { host: _, ...rest } = headers;
  return (await fetch(url, { method: 'POST', headers: rest, body })).status;
};
const sign = requestSigner(options);

test('a signed request passes, with its query, its repeated names and its body', async () => {
  const url = new URL('/orders/1%202?b=2&a=1&a=x%2Fy', base);
  const body = '{"item":"tea"}';
  expect(await post(url, await sign({ method: 'POST', url, body }), body)).toBe(200);
});

test('without credentials, with another secret, or changed on the way, it is refused', async () => {
  const url = new URL('/orders', base);
  const headers = await sign({ method: 'POST', url, body: 'one' });
  expect(await post(url, {}, 'one')).toBe(403);
  expect(await post(url, headers, 'two')).toBe(403);
  expect(await post(new URL('/others', base), headers, 'one')).toBe(403);
  const other = requestSigner({ ...options, credentials: { ...credentials, secretAccessKey: 'another' } });
  expect(await post(url, await other({ method: 'POST', url, body: 'one' }), 'one')).toBe(403);
});

test('for VPC Lattice the body is left to TLS', async () => {
  const lattice = requestSigner({ ...options, service: 'vpc-lattice-svcs' });
  const headers = await lattice({ method: 'POST', url: new URL(base), body: 'one' });
  expect(headers['x-amz-content-sha256']).toBe('UNSIGNED-PAYLOAD');
  expect(headers.authorization).toContain('/us-east-1/vpc-lattice-svcs/aws4_request');
});
