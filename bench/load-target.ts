/** A server that does next to nothing: what it answers a second is what its clients can send. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const server = http.createServer((_request, response) => response.end('ok'));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ message: 'service.listening', port })}\n`);
});
