import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A stand-in for DynamoDB's GetItem and Parameter Store, as far as an interlock uses them, which can fail in one
 * Region or all: the real ones would not do so when asked to.
 */
export class InterlockWorld {
  items: Record<string, object> = {};
  leave: string | undefined;
  /** `all`, `table` for the register's alone, or Regions that answer with an error. */
  down: 'all' | 'table' | readonly string[] = [];
  readonly consistent: unknown[] = [];
  private readonly server = createServer((message, response) => {
    let body = '';
    message.on('data', chunk => {
      body += chunk;
    });
    message.on('end', () => {
      const region = /\/\d{8}\/([^/]+)\//.exec(String(message.headers.authorization))?.[1] ?? '';
      const { status, value } = this.answer(
        region,
        String(message.headers['x-amz-target']),
        JSON.parse(body),
      );
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value));
    });
  });

  async start(): Promise<string> {
    await new Promise<void>(resolve => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(region: string, target: string, body: Body): { status: number; value: object } {
    const fails =
      this.down === 'table'
        ? target.startsWith('DynamoDB')
        : this.down === 'all' || this.down.includes(region);
    if (fails) {
      return { status: 500, value: { __type: 'InternalServerError', message: 'no answer today' } };
    }
    if (target.endsWith('GetItem')) {
      this.consistent.push(body.ConsistentRead);
      return { status: 200, value: { Item: this.items[body.Key?.pk.S ?? ''] } };
    }
    if (target.endsWith('PutParameter')) {
      this.leave = body.Value;
      return { status: 200, value: { Version: 1 } };
    }
    if (this.leave === undefined) return { status: 400, value: { __type: 'ParameterNotFound' } };
    if (target.endsWith('DeleteParameter')) {
      this.leave = undefined;
      return { status: 200, value: {} };
    }
    return { status: 200, value: { Parameter: { Value: this.leave } } };
  }
}

interface Body {
  readonly Key?: { readonly pk: { readonly S: string } };
  readonly ConsistentRead?: boolean;
  readonly Value?: string;
}

/** The register's item in a phase. */
export const recordIn = (phase: string) => ({
  epoch: { N: '4' },
  phase: { S: phase },
  region: { S: 'us-east-2' },
});

/** The drill lock's item, renewed at that time. */
export const lockedAt = (time: number) => ({
  drillId: { S: 'd1' },
  holder: { S: 'ann' },
  heartbeatAt: { S: `${new Date(time).toISOString()}/1.000` },
  leaseSeconds: { N: '30' },
});
