import type { Problem } from '../../lib/errors';
import { REGION_CATALOG, regionFacts } from '../catalog';
import type { Draft, DraftRegion } from '../draft';
import { nearest } from '../problems';

const FEWEST = 2;
const MOST = 5;

/** Regions are known, different, of one partition, two to five, and exactly one is the seed. */
export function placeProblems(draft: Draft): readonly Problem[] {
  const { regions } = draft;
  if (regions === undefined) return [];
  return [
    ...countProblems(regions),
    ...regions.flatMap((region, index) =>
      region.name === undefined ? [] : nameProblems(region.name, index, regions),
    ),
    ...seedProblems(regions),
    ...partitionProblems(regions),
  ];
}

/** A Region code that the catalogue does not hold. */
export function unknownRegion(path: string, received: string): Problem {
  const near = nearest(
    received,
    REGION_CATALOG.map(facts => facts.code),
  );
  return {
    path,
    received,
    message: 'is no Region that Holdfast knows',
    fix: near === undefined ? 'use a Region code such as us-east-2' : `did you mean ${near}?`,
  };
}

function countProblems(regions: readonly DraftRegion[]): readonly Problem[] {
  if (regions.length >= FEWEST && regions.length <= MOST) return [];
  const few = regions.length < FEWEST;
  return [
    {
      path: 'regions',
      received: regions.length,
      message: few
        ? 'one Region survives no loss of a Region'
        : `a failover chain holds ${MOST} Regions at most`,
      fix: few ? 'name at least two Regions' : `keep ${MOST} Regions`,
    },
  ];
}

function nameProblems(name: string, index: number, regions: readonly DraftRegion[]): readonly Problem[] {
  const path = `regions[${index}].name`;
  if (regionFacts(name) === undefined) return [unknownRegion(path, name)];
  const earlier = regions.findIndex(region => region.name === name);
  if (earlier === index) return [];
  return [{ path, received: name, message: `is regions[${earlier}] already`, fix: 'name each Region once' }];
}

function seedProblems(regions: readonly DraftRegion[]): readonly Problem[] {
  const seeds = regions.flatMap((region, index) => (region.seed ? [index] : []));
  if (seeds.length === 1 || regions.length === 0) return [];
  if (seeds.length === 0) {
    return [
      {
        path: 'regions',
        message: 'no Region is the seed',
        fix: 'set seed: true on the one Region where the first writer is created',
      },
    ];
  }
  return seeds.slice(1).map(index => ({
    path: `regions[${index}].seed`,
    received: true,
    message: `regions[${seeds[0]}] is the seed already`,
    fix: 'remove it: one Region is the seed, and after birth the register says which is active',
  }));
}

function partitionProblems(regions: readonly DraftRegion[]): readonly Problem[] {
  const known = regions.flatMap((region, index) => {
    const facts = region.name === undefined ? undefined : regionFacts(region.name);
    return facts === undefined ? [] : [{ index, facts }];
  });
  const first = known[0];
  if (first === undefined) return [];
  return known
    .filter(({ facts }) => facts.partition !== first.facts.partition)
    .map(({ index, facts }) => ({
      path: `regions[${index}].name`,
      received: facts.code,
      message: `is in partition ${facts.partition}, and ${first.facts.code} in ${first.facts.partition}`,
      fix: `choose a Region of partition ${first.facts.partition}: accounts and replication do not cross partitions`,
    }));
}
