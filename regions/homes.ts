/** Homes of an active-active application: each is moved, and read by every engine, as an application without homes is. */
import { HoldfastError } from '../lib/errors';
import type { ResolvedTopology } from './recovery';

/** A topology as one home sees it: its own seed, its own name, its own jurisdiction. */
export interface HomeTopology extends ResolvedTopology {
  /** The home. @default - the application has no homes, and everything in it moves together */
  readonly home?: string;
}

/**
 * The topology as each of its homes sees it, in the order of the file. An application without homes is one of them,
 * which has no name: so there is one way through everything that follows.
 */
export function homesOf(topology: ResolvedTopology): readonly HomeTopology[] {
  const { homes } = topology;
  if (topology.mode !== 'active-active' || homes === undefined) return [topology];
  return homes.map(({ name, seed, jurisdiction }) => ({
    ...topology,
    home: name,
    regions: topology.regions.map(region => ({ ...region, seed: region.name === seed })),
    ...(jurisdiction === undefined
      ? {}
      : { jurisdictions: topology.jurisdictions?.filter(each => each.name === jurisdiction) }),
  }));
}

/**
 * The topology as the named home sees it; without a name that of an application without homes.
 *
 * @throws HoldfastError `invalid-input` that lists the homes, when there are some and none is named, or none has that name
 */
export function homeOf(topology: ResolvedTopology, name: string | undefined): HomeTopology {
  const homes = homesOf(topology);
  const found = homes.find(({ home }) => home === name);
  if (found !== undefined) return found;
  const names = homes.flatMap(({ home }) => (home === undefined ? [] : [home]));
  if (names.length === 0) {
    throw new HoldfastError(
      'invalid-input',
      `${topology.application} has no homes: everything in it moves together`,
      [{ path: '--home', received: name, message: 'names a home', fix: 'leave it out' }],
    );
  }
  const message = name === undefined ? 'is missing' : 'is no home';
  throw new HoldfastError(
    'invalid-input',
    `${topology.application} moves home by home: ${names.join(', ')}`,
    [{ path: '--home', received: name, message, fix: `use one of ${names.join(', ')}` }],
  );
}

/**
 * Refuses what does not know homes, where there are some.
 *
 * @throws HoldfastError `refused`
 */
export function refuseHomes(topology: Pick<ResolvedTopology, 'mode' | 'application'>, what: string): void {
  if (topology.mode !== 'active-active') return;
  const text = `${what} does not know homes yet, and ${topology.application} is active-active: it would tell of no home rightly`;
  throw new HoldfastError('refused', text);
}
