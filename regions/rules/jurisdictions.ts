import type { Problem } from '../../lib/errors';
import { regionFacts } from '../catalog';
import type { Draft, DraftJurisdiction } from '../draft';
import { unknownRegion } from './places';

/**
 * A global database copies every row to each Region of the topology and knows no records: so a jurisdiction may be held
 * in all of them or in none. One that may be in some alone needs an application of its own.
 */
export function jurisdictionProblems(draft: Draft): readonly Problem[] {
  const own = (draft.regions ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]));
  return draft.jurisdictions.flatMap((jurisdiction, index) => {
    const path = `jurisdictions[${index}]`;
    return [
      ...nameProblems(draft.jurisdictions, jurisdiction, index),
      ...placeProblems(jurisdiction, `${path}.regions`),
      ...copyProblems(jurisdiction, own, `${path}.regions`),
    ];
  });
}

function nameProblems(
  all: readonly DraftJurisdiction[],
  { name }: DraftJurisdiction,
  index: number,
): readonly Problem[] {
  const earlier = all.findIndex(other => other.name === name);
  if (name === undefined || earlier === index) return [];
  const message = `is jurisdictions[${earlier}] already`;
  return [{ path: `jurisdictions[${index}].name`, received: name, message, fix: 'name each once' }];
}

function placeProblems({ regions }: DraftJurisdiction, path: string): readonly Problem[] {
  if (regions?.length === 0)
    return [
      {
        path,
        received: [],
        message: 'names no Region',
        fix: 'name one, or leave the jurisdiction out: what is not named is refused everywhere',
      },
    ];
  return (regions ?? []).flatMap((name, index) =>
    name === undefined || regionFacts(name) !== undefined ? [] : [unknownRegion(`${path}[${index}]`, name)],
  );
}

function copyProblems(
  { name, regions = [] }: DraftJurisdiction,
  own: readonly string[],
  path: string,
): readonly Problem[] {
  const outside = own.filter(region => !regions.includes(region));
  if (outside.length === 0 || outside.length === own.length) return [];
  const places = outside.join(', ');
  return [
    {
      path,
      received: regions,
      message: `leaves out ${places}, where the global database copies every row`,
      fix: `allow ${places}, or give ${name ?? 'it'} an application of its own in Regions that may all hold it`,
    },
  ];
}
