import type { Endpoint, EndpointSource } from './endpoint-source';

/** Endpoints that are written down: for a service behind one name, and where there is no registry. */
export function fixedSource(endpoints: readonly Endpoint[]): EndpointSource {
  const revision = 'fixed';
  return { revision: async () => revision, list: async () => ({ revision, endpoints }) };
}
