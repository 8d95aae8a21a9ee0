/**
 * What the service is measured against: a bare Fastify app that runs the same statements in the same transaction on a
 * pool of the same size, and nothing else: no lease, no limits, no deadlines, no log. Its address comes in the
 * environment as the clone's does; it prints its port.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fastify from 'fastify';
import { Pool } from 'pg';

const {
  HOLDFAST_DATABASE_HOST: host,
  HOLDFAST_DATABASE_PORT: port,
  HOLDFAST_DATABASE_AUTH: auth,
} = process.env;
const pool = new Pool({
  host,
  port: Number(port),
  database: 'orders',
  user: 'service',
  password: readFileSync((auth ?? '').replace(/^file:/, ''), 'utf8').trim(),
  max: 10,
});
const app = fastify();
const REGION = 'us-east-2';

const CLAIM = `INSERT INTO idempotency_keys (key_hash, request_hash, response, expires_at)
  VALUES ($1, $2, $3, now() + make_interval(secs => $4))
  ON CONFLICT (key_hash) DO UPDATE SET request_hash = EXCLUDED.request_hash, response = EXCLUDED.response,
    created_at = now(), expires_at = EXCLUDED.expires_at
    WHERE idempotency_keys.expires_at <= now()
  RETURNING key_hash`;
const ORDER = `INSERT INTO orders (id, item, quantity, ledger, number, status, epoch, region)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;
const FIND = `SELECT id, item, quantity, status,
    (SELECT count(*) FROM effects WHERE effects.order_id = orders.id)::int AS fulfilments,
    epoch::float8 AS epoch, region
  FROM orders WHERE id = $1`;

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

app.post<{ Body: { item: string; quantity: number } }>('/orders', async (request, reply) => {
  const { item, quantity } = request.body;
  const order = { id: randomUUID(), item, quantity, status: 'accepted', epoch: 1, region: REGION };
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT epoch FROM fence FOR SHARE');
    const key = hash(String(request.headers['idempotency-key']));
    await client.query(CLAIM, [key, hash(JSON.stringify(request.body)), JSON.stringify(order), 86_400]);
    await client.query(ORDER, [order.id, item, quantity, null, null, order.status, order.epoch, REGION]);
    await client.query('INSERT INTO outbox (order_id, correlation_id) VALUES ($1, $2)', [
      order.id,
      request.id,
    ]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
  return reply.code(201).send(order);
});

app.get<{ Params: { id: string } }>('/orders/:id', async (request, reply) => {
  const { rows } = await pool.query(FIND, [request.params.id]);
  return rows[0] ?? reply.code(404).send({});
});

void app.listen({ host: '127.0.0.1', port: 0 }).then(address => {
  process.stdout.write(
    `${JSON.stringify({ message: 'service.listening', port: Number(new URL(address).port) })}\n`,
  );
});
