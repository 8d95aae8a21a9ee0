// A connection that dies in the very moment in which it is handed out.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PostgresPool } from '../../../lib/runtime/database/postgres-pool';
import { silentLogger } from '../../../lib/runtime/telemetry/logger';

/** A message of PostgreSQL's protocol: its type, its length, its body. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const fields = (values: Readonly<Record<string, string>>) =>
  Buffer.from(
    `${Object.entries(values)
      .map(([name, value]) => `${name}${value}\0`)
      .join('')}\0`,
  );

/** What a server sends whose postmaster was killed: welcome, ready, and the end, in one packet. */
const WELCOME_AND_END = Buffer.concat([
  message('R', Buffer.alloc(4)),
  message('Z', Buffer.from('I')),
  message(
    'E',
    fields({
      S: 'FATAL',
      V: 'FATAL',
      C: '57P01',
      M: 'terminating connection due to unexpected postmaster exit',
    }),
  ),
]);

let server: Server;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-lost-'));
  writeFileSync(path.join(folder, 'password'), 'x');
  server = createServer(socket => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(WELCOME_AND_END));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each<[string, (pool: PostgresPool) => Promise<unknown>]>([
  ['a transaction', pool => pool.transaction(on => on.query('SELECT 1'))],
  ['a statement', pool => pool.query('SELECT 1')],
])(
  'GIVEN a server that ends a connection as it welcomes it WHEN %s asks for one THEN it fails, and the process lives',
  async (_what, ask) => {
    const pool = new PostgresPool({
      settings: {
        ...{ host: '127.0.0.1', port: (server.address() as AddressInfo).port, name: 'n', user: 'u' },
        authentication: { kind: 'file', path: path.join(folder, 'password') },
      },
      ...{ host: '127.0.0.1', region: 'r', applicationName: 'test', logger: silentLogger },
    });
    const uncaught: unknown[] = [];
    const catchIt = (error: unknown) => void uncaught.push(error);
    process.on('uncaughtException', catchIt);
    try {
      await expect(ask(pool)).rejects.toThrow(/terminating connection|not queryable|terminated/);
      await new Promise(resolve => setImmediate(resolve));
      expect(uncaught).toEqual([]);
    } finally {
      process.off('uncaughtException', catchIt);
      await pool.close();
    }
  },
);
