/**
 * Runs the function of a gate as API Gateway and Lambda would: one HTTP endpoint in front of the bundle's `handler`.
 * Arguments: path of the bundle, address and port to listen on. A process of its own, as the function has its own
 * endpoint: the death of the service must not touch it.
 */
import { createServer } from 'node:http';

interface Answer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const [bundle = '', host = '', port = ''] = process.argv.slice(2);
const { handler } = require(bundle) as { handler: (event: object) => Promise<Answer> };

const server = createServer((request, response) => {
  const event = {
    version: '2.0',
    rawPath: request.url ?? '/',
    requestContext: { http: { method: request.method ?? 'GET', path: request.url ?? '/' } },
  };
  handler(event).then(
    answer => response.writeHead(answer.statusCode, answer.headers).end(answer.body),
    error => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      response
        .writeHead(500, { 'content-type': 'application/json' })
        .end('{"message":"Internal Server Error"}');
    },
  );
});
server.listen({ host, port: Number(port), exclusive: true });
process.once('SIGTERM', () => process.exit(0));
