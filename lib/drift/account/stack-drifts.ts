import { HoldfastError } from '../../errors';
import type { Clock } from '../../ports';
import { own } from '../compare/values';
import type { Comparison } from '../model';
import { objectsOf, textOf } from '../sources/documents';
import { readStackDrift } from '../sources/stack-drift';
import { inParallel } from './parallel';
import type { DriftDetection } from './port';
import { reasonOf, type StackPlace, uncheckedAt, unread } from './unchecked';

/** What waiting takes. */
export interface DetectionOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const NESTED = 'AWS::CloudFormation::Stack';
/** Seconds between two looks: the first ones are close, and a detection of many resources takes minutes. */
const LOOK_SECONDS = [1, 2, 3, 5, 10] as const;
const PATIENCE_SECONDS = 1800;
/** Stacks within stacks that are followed. */
const DEEPEST = 10;

/**
 * What CloudFormation's own drift detection finds, started now and waited for; stacks within stacks are detected for
 * themselves. Resources of types without support count as unchecked. One stack that cannot be looked at hides no
 * other.
 *
 * @throws HoldfastError `aborted`
 */
export async function detectDrifts(
  detection: DriftDetection,
  stacks: readonly StackPlace[],
  options: DetectionOptions,
): Promise<readonly Comparison[]> {
  const found = await inParallel(stacks, place =>
    detected(detection, { ...place, name: place.stack }, options, 0),
  );
  return found.flat();
}

interface Named extends StackPlace {
  /** Name or ARN. */
  readonly name: string;
}

async function detected(
  detection: DriftDetection,
  place: Named,
  options: DetectionOptions,
  depth: number,
): Promise<readonly Comparison[]> {
  try {
    const failure = await waited(detection, place, options);
    const document = await detection.results(place.region, place.name);
    const resources = objectsOf(own(document, 'StackResourceSummaries')).objects;
    const nested = depth < DEEPEST ? resources.filter(each => textOf(each, 'ResourceType') === NESTED) : [];
    const inner = await Promise.all(
      nested.map(each => {
        const stack = `${place.stack}/${textOf(each, 'LogicalResourceId')}`;
        const name = textOf(each, 'PhysicalResourceId');
        return detected(detection, { region: place.region, stack, name }, options, depth + 1);
      }),
    );
    const told = readStackDrift(document, `drift of ${place.stack} in ${place.region}`);
    const here = { region: place.region, stack: place.stack };
    const unchecked = told.unchecked
      .filter(({ type }) => type !== NESTED || nested.length === 0)
      .map(each => ({ ...each, ...here }));
    const changes = told.changes.map(each => ({ ...each, ...here }));
    const failed = failure === undefined ? [] : [uncheckedAt(place, 'stack-drift', failure)];
    return [{ ...told, changes, unchecked: [...unchecked, ...failed], stacks: [here] }, ...inner.flat()];
  } catch (error) {
    return [unread(place, 'stack-drift', reasonOf(error))];
  }
}

/** Why a detection did not come to its end; what it has found until then can be read all the same. */
async function waited(
  detection: DriftDetection,
  { region, name }: Named,
  { clock, signal }: DetectionOptions,
): Promise<{ readonly why: string; readonly fix: string } | undefined> {
  const id = await detection.start(region, name);
  const end = clock.monotonic() + PATIENCE_SECONDS * 1000;
  for (let look = 0; ; look += 1) {
    const { status, reason } = await detection.state(region, id);
    if (status === 'complete') return undefined;
    if (status === 'failed') {
      const why = `the detection failed: ${reason ?? 'CloudFormation gives no reason'}`;
      return { why, fix: 'give the role of the run the right to read these resources' };
    }
    if (clock.monotonic() > end) {
      throw new HoldfastError('timeout', `the detection did not end in ${PATIENCE_SECONDS} s`);
    }
    await clock.sleep((LOOK_SECONDS[Math.min(look, LOOK_SECONDS.length - 1)] ?? 1) * 1000, signal);
  }
}
