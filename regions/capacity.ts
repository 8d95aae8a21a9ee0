/**
 * Capacity arithmetic (law 9): what a Region must run before traffic arrives so that the loss of a zone needs no
 * scaling. All whole numbers; a share counts in hundredths, so that no rounding error buys or loses a clone.
 */
import { REGION_DEFAULTS } from './recovery';
import type { CapacitySpec, RegionSpec, Topology } from './topology';

/** Fewest clones of a group: one can be lost or replaced while another serves. */
export const FEWEST_CLONES = 2;

/** What a Region runs. Counts are clones of the live colour. */
export interface RegionCapacity {
  /** Clones before any traffic turns to the Region: its share of the peak, with headroom for a zone. */
  readonly minimumClones: number;
  /** Clones that carry the whole peak, with headroom for a zone: the floor once the Region is active. */
  readonly activeClones: number;
  /** Upper bound of the group. */
  readonly maximumClones: number;
  /** Workers at the least. */
  readonly workers: number;
}

/** Clones that serve a share of the peak, without any headroom; at least 1. The share is in whole hundredths. */
export function clonesForPeak(
  capacity: Pick<CapacitySpec, 'peakRequestsPerSecond' | 'requestsPerClone'>,
  share = 1,
): number {
  const hundredths = Math.round(share * 100);
  return Math.max(1, divideUp(capacity.peakRequestsPerSecond * hundredths, capacity.requestsPerClone * 100));
}

/** Clones in the most loaded of `zones` when `clones` are spread evenly. */
export function clonesInLargestZone(clones: number, zones: number): number {
  return divideUp(clones, zones);
}

/**
 * Fewest clones of which `needed` are left after the loss of the most loaded of `zones` zones; at least 2. Of n
 * clones n - ceil(n / zones) = floor(n x (zones - 1) / zones) are left, so n = ceil(needed x zones / (zones - 1)).
 * With one zone nothing can be left, and the answer is infinite.
 */
export function withZoneLossHeadroom(needed: number, zones: number): number {
  if (zones < 2) return Number.POSITIVE_INFINITY;
  return Math.max(FEWEST_CLONES, divideUp(needed * zones, zones - 1));
}

/** Clones left after the loss of the most loaded zone. */
export function leftAfterZoneLoss(clones: number, zones: number): number {
  return clones - clonesInLargestZone(clones, zones);
}

/** What a Region of the topology runs. */
export function regionCapacity(
  topology: Pick<Topology, 'capacity'>,
  region: Pick<RegionSpec, 'zones' | 'capacityShare'>,
): RegionCapacity {
  const { capacity } = topology;
  const zones = region.zones.length;
  const share = region.capacityShare ?? REGION_DEFAULTS.capacityShare;
  return {
    minimumClones: withZoneLossHeadroom(clonesForPeak(capacity, share), zones),
    activeClones: withZoneLossHeadroom(clonesForPeak(capacity), zones),
    maximumClones: capacity.maximumClones,
    workers: capacity.minimumWorkers ?? 1,
  };
}

/** Quotient of whole numbers, rounded up, without a fraction on the way. */
function divideUp(dividend: number, divisor: number): number {
  const rest = dividend % divisor;
  const whole = (dividend - rest) / divisor;
  return rest === 0 ? whole : whole + 1;
}
