import { ownerAt, RING_SIZE, type Ring, type RingPlace } from './shard-ring';

/** A stretch of the ring whose keys change their shard. */
export interface RingMove {
  /** First position of the stretch, 0 to 2^48 - 1. */
  readonly from: number;
  /** Last position of the stretch, itself included. */
  readonly to: number;
  /** Shard that gives the keys. */
  readonly source: string;
  /** Shard that takes them. */
  readonly target: string;
}

/** What it takes to get from one ring to another. */
export interface RebalancingPlan {
  /** Stretches in rising order, as long as they can be; a key outside of all of them stays. */
  readonly moves: readonly RingMove[];
  /** Share of all positions that moves, 0 to 1; on average the share of the keys. */
  readonly share: number;
}

/**
 * Which keys move between two rings of the same number of virtual nodes. No plan moves fewer: a position is in a move
 * only when the new ring gives it to another shard, and that happens only for shards that come or go.
 */
export function rebalancingPlan(before: Ring, after: Ring): RebalancingPlan {
  const moves: RingMove[] = [];
  let from = 0;
  for (const to of boundaries(before, after)) {
    const source = ownerAt(before, to);
    const target = ownerAt(after, to);
    if (source !== target) push(moves, { from, to, source, target });
    from = to + 1;
  }
  const moved = moves.reduce((sum, move) => sum + (move.to - move.from + 1), 0);
  return { moves, share: moved / RING_SIZE };
}

/** Share of all positions that each shard owns, 0 to 1. */
export function sharesOf(ring: Ring): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  // The stretch after the last place belongs to the first one.
  let last = (ring.at(-1)?.position ?? 0) - RING_SIZE;
  for (const { position, shard } of ring) {
    shares.set(shard, (shares.get(shard) ?? 0) + (position - last) / RING_SIZE);
    last = position;
  }
  return shares;
}

/** Ends of the stretches within which neither ring changes its owner. */
function boundaries(before: Ring, after: Ring): readonly number[] {
  const positions = new Set([...before, ...after].map(({ position }: RingPlace) => position));
  positions.add(RING_SIZE - 1);
  return [...positions].sort((a, b) => a - b);
}

/** Appends a move, or lengthens the last one when it goes on. */
function push(moves: RingMove[], move: RingMove): void {
  const last = moves.at(-1);
  const goesOn =
    last !== undefined &&
    last.to + 1 === move.from &&
    last.source === move.source &&
    last.target === move.target;
  if (goesOn) moves[moves.length - 1] = { ...last, to: move.to };
  else moves.push(move);
}
