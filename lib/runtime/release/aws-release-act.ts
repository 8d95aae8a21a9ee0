import {
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Clock } from '../clock';
import { RuntimeError } from '../errors';
import type { LeasePort } from '../live-settings/live-settings-controller';
import { claimLease, mayShift, releaseLease, type ShiftHolder } from '../live-settings/live-settings-lease';
import type { RegionReleaseClients } from './aws-release-region';
import type { ReleaseAction } from './release-decision';
import { buildParameter, floorParameter, type ReleaseNames, textOfBuild } from './release-names';
import type { ReleaseColour } from './release-plan';

/** What an act in one Region is done with. */
export interface ActOptions {
  readonly clients: RegionReleaseClients;
  readonly names: ReleaseNames;
  /** Lease of whoever moves weights in this Region. */
  readonly lease: LeasePort;
  readonly clock: Clock;
  /** Id of the release. */
  readonly releaseId: string;
  readonly signal: AbortSignal;
}

/** Does an action in its Region. Each may be done again. */
export async function actInRegion(
  options: ActOptions,
  action: Exclude<ReleaseAction, { kind: 'wait' }>,
): Promise<void> {
  const { names } = options;
  switch (action.kind) {
    case 'weights':
      return storeWeights(options, action);
    case 'build':
      return put(options, buildParameter(names, action.colour), textOfBuild(action.build));
    case 'fill':
      return resize(options, action.colour, action.clones);
    case 'empty':
      return resize(options, action.colour, 0);
  }
}

/**
 * Stores weights, which the controller of the live settings gives the listener. The way forward needs the lease of
 * shifts, so that it pauses while a deploy is under way; the way back does not wait for a deploy to end.
 */
async function storeWeights(
  options: ActOptions,
  { weights, isBack }: ReleaseAction & { kind: 'weights' },
): Promise<void> {
  const { lease, releaseId, clock, names } = options;
  const store = () => put(options, `${names.settings}/weights`, JSON.stringify(weights));
  if (isBack) return store();
  const holder: ShiftHolder = { kind: 'shift', name: releaseId };
  const seen = await lease.read();
  const claim = claimLease(seen, holder, clock.now().getTime());
  if (!claim.granted) throw busy(claim.holder);
  if (!(await lease.write(claim.lease, seen))) throw busy(undefined);
  const held = await lease.read();
  if (!mayShift(held, holder, claim.lease.token, clock.now().getTime())) throw busy(held?.holder);
  await store();
  const free = releaseLease(held, holder);
  // One that stays ends by itself within a minute.
  if (free !== undefined) await lease.write(free, held).catch(() => false);
}

function busy(holder: ShiftHolder | undefined): RuntimeError {
  const who = holder === undefined ? 'somebody else' : `the ${holder.kind} ${holder.name}`;
  return new RuntimeError('unavailable', `the weights are held by ${who}`);
}

/** Gives a group its floor and its clones: stored, so that no deploy takes it back, and set. */
async function resize(options: ActOptions, colour: ReleaseColour, clones: number): Promise<void> {
  const { clients, names, signal } = options;
  const AutoScalingGroupName = names.groups[colour];
  const describe = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] });
  const answer = await clients.scaling.send(describe, { abortSignal: signal });
  const group = answer.AutoScalingGroups?.[0];
  await put(options, floorParameter(names, colour), String(clones));
  const [minimum, desired] = [group?.MinSize ?? 0, group?.DesiredCapacity ?? 0];
  const input =
    clones === 0
      ? { MinSize: 0, DesiredCapacity: 0 }
      : { MinSize: Math.max(minimum, clones), DesiredCapacity: Math.max(desired, clones) };
  const update = new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, ...input });
  await clients.scaling.send(update, { abortSignal: signal });
}

async function put({ clients, signal }: ActOptions, Name: string, Value: string): Promise<void> {
  const command = new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true });
  await clients.ssm.send(command, { abortSignal: signal });
}
