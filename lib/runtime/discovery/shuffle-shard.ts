import { createHash } from 'node:crypto';
import type { Endpoint } from './endpoint-source';

/**
 * The endpoints that one client uses: `size` of all, by rendezvous hashing, so that a client which breaks its endpoints
 * rarely shares all of them with another, and one endpoint that goes changes one place of those that had it. With 8
 * endpoints and 2 of them a client there are 28 shards. Source: Amazon Builders' Library, "Workload isolation using
 * shuffle-sharding".
 */
export function shuffleShard(
  endpoints: readonly Endpoint[],
  client: string,
  size: number,
): readonly Endpoint[] {
  return endpoints
    .map(endpoint => ({ endpoint, weight: weightOf(client, endpoint.id) }))
    .sort((a, b) => (a.weight < b.weight ? -1 : 1))
    .slice(0, size)
    .map(({ endpoint }) => endpoint);
}

/** The lengths keep `a` + `bc` apart from `ab` + `c`. */
const weightOf = (client: string, id: string): string =>
  createHash('sha256').update(`${client.length}:${client}${id}`).digest('hex');
