import type { Problem } from '../../lib/errors';
import { regionFacts } from '../catalog';
import type { Draft } from '../draft';
import { unknownRegion } from './places';

/** Where data may rest includes every Region and the witness. */
export function residencyProblems(draft: Draft): readonly Problem[] {
  const allowed = draft.dataResidency;
  if (allowed === undefined) return [];
  const unknown = allowed.flatMap((name, index) =>
    name === undefined || regionFacts(name) !== undefined
      ? []
      : [unknownRegion(`dataResidency[${index}]`, name)],
  );
  const places = [
    ...(draft.regions ?? []).map((region, index) => ({ path: `regions[${index}].name`, name: region.name })),
    { path: 'register.witness', name: draft.register.witness },
  ];
  const outside = places.flatMap(({ path, name }) =>
    name === undefined || regionFacts(name) === undefined || allowed.includes(name)
      ? []
      : [
          {
            path,
            received: name,
            message: 'is no place where data may rest by dataResidency',
            fix: `choose one of ${allowed.join(', ') || 'none: the list is empty'}, or allow ${name} there`,
          },
        ],
  );
  return [...unknown, ...outside];
}
