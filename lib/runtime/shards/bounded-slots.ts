import { RuntimeError } from '../errors';
import { positionOf, RING_SIZE, type Ring, type RingPlace, ringOf } from './shard-ring';

/** How slots are placed. */
export interface BoundedSlotsOptions {
  /** Number of slots into which keys are hashed; it never changes for a store that holds data. */
  readonly slots: number;
  /**
   * No shard gets more slots than this times an equal share, rounded up: above 1. Nearer to 1 is more even, and moves
   * more slots when a shard comes or goes (about 1 / (factor - 1)^2 for each that must).
   */
  readonly capacityFactor: number;
  /** Places of each shard on the ring. */
  readonly virtualNodes: number;
}

/** The slot of a key: a stretch of the ring, all of the same length. */
export function slotOf(key: string, slots: number): number {
  return Math.floor((positionOf(key) / RING_SIZE) * slots);
}

/** The most slots that one shard may own. */
export function capacityOf(shards: number, { slots, capacityFactor }: BoundedSlotsOptions): number {
  return Math.ceil((capacityFactor * slots) / shards);
}

/**
 * The shard of each slot, by consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam: "Consistent Hashing
 * with Bounded Loads", 2016): each slot goes to the first shard at or after its place that is not full. Slots are placed
 * in one fixed order, so the answer depends on the names of the shards alone and is the same in every process.
 *
 * @throws RuntimeError `invalid-input` for no shard, no slot, or a factor that is not above 1
 */
export function boundedSlots(shards: readonly string[], options: BoundedSlotsOptions): readonly string[] {
  const { slots, capacityFactor, virtualNodes } = options;
  if (shards.length === 0 || !(slots >= 1) || !(capacityFactor > 1)) {
    const received = { shards: shards.length, slots, capacityFactor };
    const fix = 'give a shard, a slot and a capacity factor above 1';
    throw new RuntimeError('invalid-input', 'slots cannot be placed', [
      { path: 'boundedSlots', received, message: 'has no answer', fix },
    ]);
  }
  const ring = ringOf(shards, virtualNodes);
  const capacity = capacityOf(shards.length, options);
  const loads = new Map<string, number>();
  return Array.from({ length: slots }, (_, slot) => {
    // A place of the slot's own, and not its stretch: neighbours would all overflow into the same shard.
    const shard = firstWithRoom(ring, positionOf(`slot ${slot}`), loads, capacity);
    loads.set(shard, (loads.get(shard) ?? 0) + 1);
    return shard;
  });
}

function firstWithRoom(
  ring: Ring,
  position: number,
  loads: ReadonlyMap<string, number>,
  capacity: number,
): string {
  let low = 0;
  let high = ring.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ring[middle] as RingPlace).position < position) low = middle + 1;
    else high = middle;
  }
  // There is room: the capacities together exceed the number of slots.
  for (let step = 0; ; step += 1) {
    const { shard } = ring[(low + step) % ring.length] as RingPlace;
    if ((loads.get(shard) ?? 0) < capacity) return shard;
  }
}
