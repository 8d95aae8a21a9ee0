import { createServer } from 'node:net';
import { HoldfastError } from '../errors';

/**
 * Loopback address of a Region: 127.0.10.1 for the first of the topology, 127.0.11.1 for the second.
 * Linux answers on all of 127.0.0.0/8; macOS would need an alias for each (see {@link assertLoopback}).
 */
export function regionAddress(index: number): string {
  return `127.0.${10 + index}.1`;
}

/**
 * Checks that the Regions' addresses can be used here.
 * @throws HoldfastError `environment` where the system has no such loopback addresses
 */
export async function assertLoopback(address: string): Promise<void> {
  await freePort(address).catch(cause => {
    throw new HoldfastError(
      'environment',
      'the lab gives each Region a loopback address of its own, and this system does not have them',
      [
        {
          path: 'loopback',
          received: address,
          message: 'cannot be listened on',
          fix: 'run the lab on Linux',
        },
      ],
      { cause },
    );
  });
}

/** A port that is free on every one of the addresses at this moment; who takes it must be ready to retry. */
export async function freePort(...addresses: readonly string[]): Promise<number> {
  const [first = '127.0.0.1', ...others] = addresses;
  let failure: unknown;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const port = await bind(first, 0);
    try {
      for (const address of others) await bind(address, port);
      return port;
    } catch (error) {
      failure = error;
    }
  }
  throw new HoldfastError('environment', `no port is free on all of ${addresses.join(', ')}`, [], {
    cause: failure,
  });
}

function bind(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(taken));
    });
  });
}
