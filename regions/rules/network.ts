import type { Problem } from '../../lib/errors';
import { type Cidr, cidrsOverlap, formatCidr, isCidrFault, parseCidr, readCidr } from '../cidr';
import type { Draft } from '../draft';

/** Largest and smallest network of a Region: AWS accepts /16 to /28, and below /22 subnets become too small. */
const LARGEST_PREFIX = 16;
const SMALLEST_PREFIX = 22;
/** Ranges in which AWS accepts no network (VPC guide): this host, loopback, link-local, multicast and reserved. */
const REFUSED = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'].map(parseCidr);

/** Every Region's range is readable, of a usable size and place, and overlaps no other. */
export function networkProblems(draft: Draft): readonly Problem[] {
  const earlier: { readonly index: number; readonly range: Cidr }[] = [];
  return (draft.regions ?? []).flatMap((region, index) => {
    if (region.cidr === undefined) return [];
    const path = `regions[${index}].cidr`;
    const range = readCidr(region.cidr);
    if (isCidrFault(range)) return [{ path, received: region.cidr, ...range }];
    const overlapped = earlier.filter(other => cidrsOverlap(other.range, range));
    earlier.push({ index, range });
    return [
      ...sizeProblems(range, path),
      ...placeProblems(range, path),
      ...overlapped.map(other => ({
        path,
        received: formatCidr(range),
        message: `overlaps regions[${other.index}].cidr ${formatCidr(other.range)}`,
        fix: 'give each Region a range of its own, so that they can be joined one day',
      })),
    ];
  });
}

function sizeProblems(range: Cidr, path: string): readonly Problem[] {
  if (range.prefix >= LARGEST_PREFIX && range.prefix <= SMALLEST_PREFIX) return [];
  const large = range.prefix < LARGEST_PREFIX;
  return [
    {
      path,
      received: formatCidr(range),
      message: large ? 'is larger than AWS accepts' : 'is too small for the subnets of a Region',
      fix: `use a range from /${LARGEST_PREFIX} to /${SMALLEST_PREFIX}`,
    },
  ];
}

function placeProblems(range: Cidr, path: string): readonly Problem[] {
  return REFUSED.filter(refused => cidrsOverlap(refused, range)).map(refused => ({
    path,
    received: formatCidr(range),
    message: `lies in ${formatCidr(refused)}, where AWS accepts no network`,
    fix: 'use a private range, such as 10.10.0.0/16',
  }));
}
