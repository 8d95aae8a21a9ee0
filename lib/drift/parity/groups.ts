import { HoldfastError } from '../../errors';
import type { Unchecked } from '../model';
import type { AssemblyStack } from '../sources/assembly';

/** Stacks of several Regions that are to be alike. */
export interface Group {
  /** The name that they share; the names of all of them where they have none in common. */
  readonly name: string;
  /** One a Region, by the name of the Region; stacks that a user pairs may stand in one. */
  readonly members: readonly AssemblyStack[];
}

/** Groups of stacks, and what could not be put into one. */
export interface Groups {
  readonly groups: readonly Group[];
  readonly unchecked: readonly Unchecked[];
}

/**
 * Which stacks are to be alike: those of one name, once names of Regions in it are left out, and those that the user
 * pairs. Stacks of one name and Region in several accounts are matched within their accounts.
 *
 * @param pairs `orders-a=orders-b`, each a stack by its name, or by `<region>/<name>` where a name stands in several
 * @throws HoldfastError `invalid-input` for a pair that names no stack, or several
 */
export function groupsOf(stacks: readonly AssemblyStack[], pairs: readonly string[]): Groups {
  const paired = pairs.map(pair => groupOfPair(stacks, pair));
  const left = stacks.filter(stack => !paired.some(({ members }) => members.includes(stack)));
  const unchecked = left.filter(({ region }) => region === '-').map(placeless);
  const standing = left.filter(({ region }) => region !== '-');
  const regions = [...new Set(standing.map(({ region }) => region))].sort();
  const byName = new Map<string, AssemblyStack[]>();
  for (const stack of standing) {
    const name = commonName(stack.stack, regions);
    byName.set(name, [...(byName.get(name) ?? []), stack]);
  }
  const groups: Group[] = [...paired];
  for (const members of byName.values()) {
    for (const group of oneARegion(members)) {
      const lacking = regions.filter(region => !group.some(each => each.region === region));
      const [first] = group;
      if (first === undefined) continue;
      if (group.length > 1) groups.push({ name: nameOf(group), members: sorted(group) });
      unchecked.push(...lacking.map(region => absent(first, region)));
    }
  }
  return { groups, unchecked };
}

/** A stack's name without the names of Regions, in either way of writing them. */
function commonName(name: string, regions: readonly string[]): string {
  return regions.reduce(
    (left, region) => left.replaceAll(region, '*').replaceAll(region.replaceAll('-', ''), '*'),
    name,
  );
}

/** The members of one name, by account where a Region has several. */
function oneARegion(members: readonly AssemblyStack[]): readonly (readonly AssemblyStack[])[] {
  const regions = new Set(members.map(({ region }) => region));
  if (regions.size === members.length) return [members];
  const accounts = [...new Set(members.map(({ account }) => account))];
  return accounts.map(account => members.filter(each => each.account === account));
}

const nameOf = (members: readonly AssemblyStack[]): string =>
  [...new Set(sorted(members).map(({ stack }) => stack))].join(' | ');

const sorted = (members: readonly AssemblyStack[]): readonly AssemblyStack[] =>
  [...members].sort((a, b) => (a.region < b.region ? -1 : a.region > b.region ? 1 : 0));

function groupOfPair(stacks: readonly AssemblyStack[], pair: string): Group {
  const names = pair.split('=');
  const members = names.map(name => {
    const found = stacks.filter(({ stack, region }) => name === stack || name === `${region}/${stack}`);
    if (names.length === 2 && found.length === 1) return found[0] as AssemblyStack;
    const known = stacks.map(({ stack, region }) => `${region}/${stack}`);
    const message = names.length === 2 ? `names ${found.length} stacks: ${name}` : 'is no pair';
    const fix = `give <region>/<stack>=<region>/<stack>; the assembly has ${known.slice(0, 8).join(', ')}`;
    throw new HoldfastError('invalid-input', 'a pair of stacks is not known', [
      { path: '--pair', received: pair, message, fix },
    ]);
  });
  return { name: nameOf(members), members };
}

function placeless({ stack }: AssemblyStack): Unchecked {
  return {
    ...{ region: '-', stack, resource: '-', type: '-', source: 'parity' },
    why: 'the stack says no Region, so it could be held against none',
    fix: 'give the stack an environment (env: { account, region }), or pair it by --pair',
  };
}

function absent({ stack, region }: AssemblyStack, missing: string): Unchecked {
  return {
    ...{ region: missing, stack, resource: '-', type: '-', source: 'parity' },
    why: `${region} has this stack and ${missing} has none, so nothing of it could be compared`,
    fix: 'declare it there too, pair it by --pair, or accept that it stands in one Region alone',
  };
}
