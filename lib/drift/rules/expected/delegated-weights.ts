import { type DriftRule, type Facts, type Judged, under } from '../../classify/rule';
import { isObject, own, textOf } from '../../compare/values';
import { liveSettingsOf, NOT_AS_STORED } from '../../facts';
import type { Json, ResourceChange } from '../../model';
import { at, canonical } from '../../paths';
import { isLive, listOf, numberOf } from '../values';
import { isWithin } from './live-setting';

/** Weights belong to the release, which moves traffic between the two groups that the template declares. */
export const delegatedWeights: DriftRule = {
  id: 'delegated-weights',
  class: 'expected',
  title: 'traffic is shifted between the declared target groups',
  why: 'delegated weight shift: the weights have one owner at run time, and the groups are the declared ones',
  fix: 'nothing; do not deploy the listener while traffic stands elsewhere, which would put it back',
  source: 'aws/aws-cdk#36649; go-to-k/cdk-real-drift#1730',
  types: ['AWS::ElasticLoadBalancingV2::Listener', 'AWS::ElasticLoadBalancingV2::ListenerRule'],
  judge: (change, { facts }) => {
    if (!isLive(change) || change.reason === NOT_AS_STORED) return undefined;
    return ['Properties.DefaultActions', 'Properties.Actions'].flatMap((list): Judged[] => {
      const paths = under(change, list).map(({ path }) => path);
      return paths.length > 0 && isShift(change, list, facts) ? [{ holds: 'yes', paths }] : [];
    });
  },
};

interface Forward {
  /** All of the action but its groups. */
  readonly rest: string;
  readonly weights: ReadonlyMap<string, number>;
}

function isShift(change: ResourceChange, list: string, facts: Facts): boolean {
  const [before, after] = [change.before, change.after].map(each => listOf(at(each, list)).map(forwardOf));
  if (before === undefined || after === undefined || before.length !== after.length) return false;
  return before.every((declared, place) => {
    const live = after[place];
    if (live === undefined || declared.rest !== live.rest) return false;
    const groups = [...live.weights.keys()];
    if (groups.length !== declared.weights.size || !groups.every(each => declared.weights.has(each)))
      return false;
    // One group takes everything, whatever its weight.
    if (groups.length < 2) return true;
    const weights = [...live.weights.values()];
    return weights.some(each => each > 0) && weights.every(each => isAllowed(each, change.region, facts));
  });
}

/** `TargetGroupArn` alone and a `ForwardConfig` with one group are one action. */
function forwardOf(action: Json): Forward {
  const groups = listOf(at(action, 'ForwardConfig.TargetGroups'));
  const single = own(action, 'TargetGroupArn');
  const weights = new Map(
    groups.map(each => [canonical(own(each, 'TargetGroupArn')), numberOf(own(each, 'Weight') ?? 1)]),
  );
  if (groups.length === 0 && single !== undefined) weights.set(canonical(single), 1);
  if (!isObject(action)) return { rest: canonical(action), weights };
  const { TargetGroupArn: _arn, ForwardConfig: config, Order: _order, ...rest } = action;
  const { TargetGroups: _groups, ...other } = isObject(config) ? config : {};
  // The service writes out a stickiness that is off.
  const { TargetGroupStickinessConfig: sticky, ...further } = other;
  const kept =
    textOf(at(sticky, 'Enabled') ?? 'false') === 'true' ? { ...further, sticky: sticky as Json } : further;
  return { rest: canonical({ ...rest, config: kept }), weights };
}

function isAllowed(weight: number, region: string, facts: Facts): boolean {
  const ranges = [...liveSettingsOf(facts, region).values()].filter(each => own(each, 'kind') === 'weights');
  return !Number.isNaN(weight) && (ranges.length === 0 || ranges.some(range => isWithin({ weight }, range)));
}
