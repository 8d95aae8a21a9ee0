/**
 * IPv4 ranges in CIDR notation. Addresses are whole numbers below 2^32 and are handled by integer operations alone,
 * so results are exact.
 */
import { HoldfastError } from '../lib/errors';

/** An IPv4 range. */
export interface Cidr {
  /** First address as a whole number from 0 to 2^32 - 1. */
  readonly first: number;
  /** Prefix length, 0 to 32. */
  readonly prefix: number;
}

/** A subnet of a Region's network: one for each tier and zone. */
export interface SubnetRange {
  readonly tier: string;
  /** The zone as given, by id. */
  readonly zone: string;
  /** Range in CIDR notation. */
  readonly cidr: string;
}

/** Why a text is no usable range. */
export interface CidrFault {
  readonly message: string;
  readonly fix: string;
}

/** Smallest subnet that AWS accepts. */
export const SMALLEST_SUBNET_PREFIX = 28;

/** Zone slots kept for each tier, so that a zone added later moves no subnet. */
const ZONE_SLOTS = 4;

/** Number of addresses in a range. */
export const addressCount = (cidr: Cidr): number => 2 ** (32 - cidr.prefix);

/** Prints an address such as `10.10.0.0`. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map(shift => (address >>> shift) & 255).join('.');
}

/** Prints a range such as `10.10.0.0/16`. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.first)}/${cidr.prefix}`;
}

/** Reads a range and says what is wrong with it as data; never throws. Leading zeros and host bits are faults. */
export function readCidr(text: string): Cidr | CidrFault {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const form = { message: 'is not an IPv4 range in CIDR notation', fix: 'use a form such as 10.10.0.0/16' };
  if (match === null) return form;
  const parts = match.slice(1);
  const octets = parts.slice(0, 4).map(Number);
  const prefix = Number(parts[4]);
  if (octets.some(octet => octet > 255) || prefix > 32) return form;
  if (parts.some(part => part.length > 1 && part.startsWith('0'))) {
    return { message: 'has a number with a leading zero', fix: 'write each number without leading zeros' };
  }
  const address = octets.reduce((value, octet) => ((value << 8) | octet) >>> 0, 0);
  const first = firstAddress(address, prefix);
  if (first !== address) {
    return {
      message: `has bits set after the first ${prefix}`,
      fix: `use ${formatCidr({ first, prefix })}`,
    };
  }
  return { first, prefix };
}

/** Whether the reading of a range is a fault. */
export function isCidrFault(reading: Cidr | CidrFault): reading is CidrFault {
  return 'message' in reading;
}

/**
 * Reads a range.
 * @throws HoldfastError `invalid-input` when the text is no range or has host bits set
 */
export function parseCidr(text: string): Cidr {
  const reading = readCidr(text);
  if (!isCidrFault(reading)) return reading;
  throw new HoldfastError('invalid-input', 'the range cannot be used', [
    { path: 'cidr', received: text, ...reading },
  ]);
}

/** Whether two ranges share an address. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  const prefix = Math.min(a.prefix, b.prefix);
  return firstAddress(a.first, prefix) === firstAddress(b.first, prefix);
}

/** Whether every address of `inner` lies in `outer`. */
export function cidrContains(outer: Cidr, inner: Cidr): boolean {
  return inner.prefix >= outer.prefix && firstAddress(inner.first, outer.prefix) === outer.first;
}

/**
 * Divides a Region's range into subnets of one size, one for each tier and zone, tier by tier. Slots are kept for a
 * power of two of tiers and for at least four zones, so that a tier or zone added at the end of its list moves no
 * subnet that exists: with three tiers and three zones a /16 gives /20, a /22 gives /26.
 * @throws HoldfastError `invalid-input` when the subnets would be smaller than AWS accepts (/28)
 */
export function carveSubnets(
  range: string,
  tiers: readonly string[],
  zones: readonly string[],
): readonly SubnetRange[] {
  const { first, prefix } = parseCidr(range);
  const zoneBits = bitsFor(Math.max(zones.length, ZONE_SLOTS));
  const subnetPrefix = prefix + bitsFor(tiers.length) + zoneBits;
  if (subnetPrefix > SMALLEST_SUBNET_PREFIX) {
    throw new HoldfastError('invalid-input', 'the range is too small for its subnets', [
      {
        path: 'cidr',
        received: range,
        message: `${tiers.length} tiers in ${zones.length} zones would be /${subnetPrefix} each, and AWS accepts /28 at the least`,
        fix: `use a range of /${prefix - (subnetPrefix - SMALLEST_SUBNET_PREFIX)} or larger`,
      },
    ]);
  }
  const size = addressCount({ first: 0, prefix: subnetPrefix });
  return tiers.flatMap((tier, tierIndex) =>
    zones.map((zone, zoneIndex) => {
      const slot = tierIndex * 2 ** zoneBits + zoneIndex;
      return { tier, zone, cidr: formatCidr({ first: first + slot * size, prefix: subnetPrefix }) };
    }),
  );
}

/** The address with all bits after the prefix cleared. A shift by 32 would shift by nothing, hence the branch. */
function firstAddress(address: number, prefix: number): number {
  return prefix === 0 ? 0 : (address & (0xffffffff << (32 - prefix))) >>> 0;
}

/** Bits that number `count` slots: 1 needs none, 3 need two. */
function bitsFor(count: number): number {
  let bits = 0;
  while (2 ** bits < count) bits += 1;
  return bits;
}
