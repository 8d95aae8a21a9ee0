/** Finding Regions of a topology. */
import { HoldfastError } from '../lib/errors';
import { regionFacts } from './catalog';
import type { RegionSpec, Topology } from './topology';

/** The Regions of a topology, in whichever form it has (as written, or resolved). */
interface HasRegions<R extends RegionSpec> {
  readonly regions: readonly R[];
}

/**
 * The Region of this name.
 * @throws HoldfastError `not-found`, naming the Regions there are
 */
export function regionOf<R extends RegionSpec>(topology: HasRegions<R>, name: string): R {
  const found = topology.regions.find(region => region.name === name);
  if (found !== undefined) return found;
  const names = topology.regions.map(region => region.name).join(', ');
  throw new HoldfastError('not-found', `no Region ${name} in the topology, which has ${names}`);
}

/**
 * The Region where the first writer was created.
 * @throws HoldfastError `not-found` when no Region is the seed (never after `loadTopology`)
 */
export function seedRegion<R extends RegionSpec>(topology: HasRegions<R>): R {
  const seed = topology.regions.find(region => region.seed === true);
  if (seed !== undefined) return seed;
  throw new HoldfastError('not-found', 'no Region of the topology is the seed');
}

/** The Regions other than the seed, in the order of the file. */
export function standbyRegions<R extends RegionSpec>(topology: HasRegions<R>): readonly R[] {
  return topology.regions.filter(region => region.seed !== true);
}

/** Regions that an account must enable before anything can be created there, the witness included. */
export function optInRegions(topology: Pick<Topology, 'regions' | 'register'>): readonly string[] {
  const witness = topology.register.witness;
  const names = topology.regions.map(region => region.name);
  return [...names, ...(witness === undefined ? [] : [witness])].filter(name => regionFacts(name)?.optIn);
}

/** The name that clients use, such as `orders.example.com`; of a home, such as `home-eu.orders.example.com`. */
export function hostOf({ dns, home }: Pick<Topology, 'dns'> & { readonly home?: string }): string {
  return `${homeLabel(home)}${dns.recordName}.${dns.zoneName}`;
}

/** What stands before the service's name in that of a home: `homeHost` of lib/naming, which stands above this layer. */
export const homeLabel = (home: string | undefined): string => (home === undefined ? '' : `home-${home}.`);
