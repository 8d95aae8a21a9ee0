/** A piece of a load: a rate that goes evenly from one to another. */
export interface LoadStage {
  /** `warm-up`, `ramp`, `peak`, or `step-1` and so on past the peak. */
  readonly name: string;
  /** Requests a second at its beginning and end. */
  readonly fromRate: number;
  readonly toRate: number;
  readonly seconds: number;
}

/** Requests that a stage sends. */
export const arrivalsOf = ({ fromRate, toRate, seconds }: LoadStage): number =>
  ((fromRate + toRate) / 2) * seconds;

/** Seconds into a stage at which so many of its requests have been sent: the rate is a line, and its sum a parabola. */
export function secondsUntil({ fromRate, toRate, seconds }: LoadStage, arrivals: number): number {
  const slope = (toRate - fromRate) / seconds;
  if (Math.abs(slope) < 1e-9) return arrivals / fromRate;
  return (Math.sqrt(Math.max(0, fromRate * fromRate + 2 * slope * arrivals)) - fromRate) / slope;
}

/** When requests are due: at even distances, or by chance as independent users come. */
export type Arrivals = 'even' | 'poisson';

/** Times at which requests of a stage are due, in seconds from its beginning, one after the other. */
export function* dueTimes(stage: LoadStage, arrivals: Arrivals, random: () => number): Generator<number> {
  const all = arrivalsOf(stage);
  // A process at rate 1, seen through the stage's own clock, has the stage's rate at every moment.
  let sent = arrivals === 'even' ? 0.5 : -Math.log(1 - random());
  while (sent < all) {
    yield secondsUntil(stage, sent);
    sent += arrivals === 'even' ? 1 : -Math.log(1 - random());
  }
}

/** Warm-up at a tenth of the peak, ramp, and the peak held. */
export function stagesTo(
  peak: number,
  seconds: { readonly ramp: number; readonly hold: number },
): readonly LoadStage[] {
  const tenth = peak / 10;
  return [
    { name: 'warm-up', fromRate: tenth, toRate: tenth, seconds: Math.min(5, seconds.hold) },
    { name: 'ramp', fromRate: tenth, toRate: peak, seconds: seconds.ramp },
    { name: 'peak', fromRate: peak, toRate: peak, seconds: seconds.hold },
  ];
}
