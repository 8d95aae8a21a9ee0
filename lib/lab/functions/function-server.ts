/**
 * Runs a function as Lambda would: a call of its endpoint invokes the bundle's `handler` with the call's body, and what it
 * returns, or the message of what it throws, is the answer. Arguments: path of the bundle, address and port to listen
 * on.
 */
import { createServer, type ServerResponse } from 'node:http';

const [bundle = '', host = '', port = ''] = process.argv.slice(2);
const { handler } = require(bundle) as { handler: (event: object) => Promise<unknown> };

const answer = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? null));

const server = createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const event = parts.length === 0 ? {} : (JSON.parse(Buffer.concat(parts).toString()) as object);
  handler(event).then(
    result => answer(response, 200, result),
    error => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      answer(response, 500, { message: error instanceof Error ? error.message : String(error) });
    },
  );
});
server.listen({ host, port: Number(port), exclusive: true });
process.once('SIGTERM', () => process.exit(0));
