import type { Problem } from '../../lib/errors';
import { type CidrFault, isCidrFault, readCidr } from '../cidr';
import type { Draft } from '../draft';

/** Ranges that may ask the gates are ranges, and not everybody: who can exhaust a gate can turn DNS. */
export function gateProblems(draft: Draft): readonly Problem[] {
  return (draft.allowedCidrs ?? []).flatMap((cidr, index) => {
    const fault = cidr === undefined ? undefined : allowedCidrFault(cidr);
    return fault === undefined ? [] : [{ path: `gate.allowedCidrs[${index}]`, received: cidr, ...fault }];
  });
}

/** Why a range may not ask a gate, as data; `undefined` when it may. */
export function allowedCidrFault(cidr: string): CidrFault | undefined {
  const range = readCidr(cidr);
  if (isCidrFault(range)) return range;
  if (range.prefix > 0) return undefined;
  return {
    message: 'lets everybody ask the gate',
    fix: 'name the ranges of operators, such as 192.0.2.0/24',
  };
}
