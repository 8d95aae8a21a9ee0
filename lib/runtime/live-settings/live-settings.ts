import { RuntimeError } from '../errors';

/**
 * Live settings: values that belong to the run time, each with one owner (law 4). The stored value says what holds; a
 * deploy, or its rollback, may put another into the resource that carries it, and the controller of the Region puts
 * the stored one back. The controller is level-triggered: an event only wakes it, and what it does follows from what it
 * reads, so that lost, late and repeated events do no harm.
 */

/** Weights of the two colours, 0 to 999 each, not both 0. */
export interface ColourWeights {
  readonly blue: number;
  readonly green: number;
}

/** Reads stored weights; throws `invalid-input` on anything else, and nothing is coerced. */
export function parseWeights(text: string): ColourWeights {
  const { blue, green } = (parseJson(text) ?? {}) as Partial<ColourWeights>;
  if (isWhole(blue, 999) && isWhole(green, 999) && blue + green > 0) return { blue, green };
  const fix = 'store {"blue": 100, "green": 0}, whole numbers from 0 to 999 of which one is above 0';
  const problem = { path: 'weights', received: text, message: 'are not weights', fix };
  throw new RuntimeError('invalid-input', 'the stored weights cannot be used', [problem]);
}

/** Reads a stored capacity floor; throws `invalid-input` on anything but a whole number. */
export function parseFloor(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : undefined;
  if (isWhole(value, 10_000)) return value;
  const problem = { path: 'floor', received: text, message: 'is no capacity floor', fix: 'store 0 to 10000' };
  throw new RuntimeError('invalid-input', 'the stored capacity floor cannot be used', [problem]);
}

/** Where weights are stored and where they work. */
export interface WeightsPort {
  /** The stored weights; `undefined` before their birth. Rejects when they cannot be read or are none. */
  stored(): Promise<ColourWeights | undefined>;
  /** Stores the first weights unless there are some by now. */
  bear(weights: ColourWeights): Promise<void>;
  /** The weights that the listener has; `undefined` when there is no listener. */
  live(): Promise<ColourWeights | undefined>;
  /** Gives the listener weights. */
  apply(weights: ColourWeights): Promise<void>;
}

/** What a turn of the controller found and did. */
export type WeightsOutcome = 'no-listener' | 'in-step' | 're-asserted';

/** Changes of the stored value that one turn follows before it leaves the rest to the next. */
const TURNS = 10;

/**
 * Gives the listener the stored weights. It ends only on having seen both agree, the stored ones read last: of several
 * turns at once, and of one that a shift overtakes, the last to write looks once more.
 *
 * @throws RuntimeError `unavailable` when the value changes faster than it can be followed
 */
export async function reassertWeights(port: WeightsPort): Promise<WeightsOutcome> {
  let outcome: WeightsOutcome = 'in-step';
  for (let turn = 0; turn < TURNS; turn += 1) {
    const live = await port.live();
    if (live === undefined) return 'no-listener';
    const stored = await port.stored();
    if (stored === undefined) {
      await port.bear(live);
      continue;
    }
    if (stored.blue === live.blue && stored.green === live.green) return outcome;
    await port.apply(stored);
    outcome = 're-asserted';
  }
  throw new RuntimeError('unavailable', 'the stored weights change faster than they can be followed');
}

/** Where the floor of one group is stored and where it works. */
export interface FloorPort {
  /** The stored floor; `undefined` where nobody has raised one. */
  stored(): Promise<number | undefined>;
  /** Smallest and largest size of the group now; `undefined` when there is no group. */
  live(): Promise<{ readonly minimum: number; readonly maximum: number } | undefined>;
  raise(minimum: number): Promise<void>;
}

/**
 * Raises the smallest size of a group to the stored floor, never above its largest, and never lowers it: a floor that
 * was raised directly, as a drill does, stands. Returns whether it was below.
 */
export async function reassertFloor(port: FloorPort): Promise<boolean> {
  const [stored, live] = [await port.stored(), await port.live()];
  if (stored === undefined || live === undefined) return false;
  const floor = Math.min(stored, live.maximum);
  if (floor <= live.minimum) return false;
  await port.raise(floor);
  return true;
}

function isWhole(value: unknown, maximum: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maximum;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
