import type { Problem } from '../../lib/errors';
import { regionCapacity } from '../capacity';
import type { Draft } from '../draft';

/** The group can hold the peak after the loss of a zone, and shares are what the arithmetic can count. */
export function capacityProblems(draft: Draft): readonly Problem[] {
  return [...shareProblems(draft), ...maximumProblems(draft)];
}

function shareProblems(draft: Draft): readonly Problem[] {
  return (draft.regions ?? []).flatMap(({ capacityShare: share, seed }, index) => {
    if (share === undefined) return [];
    const path = `regions[${index}].capacityShare`;
    if (Math.round(share * 100) / 100 !== share) {
      const hundredths = Math.max(1, Math.round(share * 100)) / 100;
      return [{ path, received: share, message: 'is finer than a hundredth', fix: `use ${hundredths}` }];
    }
    if (!seed || share === 1) return [];
    return [
      {
        path,
        received: share,
        message: 'is below 1 on the seed, which is born active and carries the whole peak',
        fix: 'remove it from the seed',
      },
    ];
  });
}

function maximumProblems(draft: Draft): readonly Problem[] {
  const { peakRequestsPerSecond, requestsPerClone, maximumClones } = draft.capacity;
  if (peakRequestsPerSecond === undefined || requestsPerClone === undefined || maximumClones === undefined) {
    return [];
  }
  const capacity = { peakRequestsPerSecond, requestsPerClone, maximumClones };
  const needs = (draft.regions ?? [])
    .filter(region => (region.zones?.length ?? 0) >= 2)
    .map(region => ({
      name: region.name ?? 'a Region',
      zones: region.zones?.length ?? 0,
      clones: regionCapacity({ capacity }, { zones: (region.zones ?? []).map(String) }).activeClones,
    }));
  const most = needs.sort((a, b) => b.clones - a.clones)[0];
  if (most === undefined || most.clones <= maximumClones) return [];
  return [
    {
      path: 'capacity.maximumClones',
      received: maximumClones,
      message: `${most.name} needs ${most.clones} clones to carry the peak after the loss of one of ${most.zones} zones`,
      fix: `use ${most.clones} or more, with room for scaling above the peak`,
    },
  ];
}
