import type { DriftRule, Facts, Judged } from '../../classify/rule';
import { entriesOf, typeOf } from '../../compare/entries';
import { referencesOf } from '../../compare/references';
import { own, textOf } from '../../compare/values';
import type { Difference, Json, ResourceChange } from '../../model';
import { at, nameOf } from '../../paths';
import { isLive, numberOf } from '../values';

const TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';
const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
/** Last part of a scalable dimension, where it is not the property's own name. */
const DIMENSIONS: Readonly<Record<string, string>> = {
  ProvisionedConcurrentExecutions: 'ProvisionedConcurrency',
  ReplicasPerNodeGroup: 'Replicas',
  NumNodeGroups: 'NodeGroups',
};

/** A number that a scaling policy moves is the policy's. */
export const scaledByPolicy: DriftRule = {
  id: 'scaled-by-policy',
  class: 'expected',
  title: 'a scaling policy has moved a number within its range',
  why: 'the number belongs to the autoscaler, and lies between its minimum and maximum',
  fix: 'nothing; leave the number out of the template, so that no deploy puts it back',
  source: 'go-to-k/cdk-real-drift#688; aws/aws-cdk#5215',
  judge: (change, { facts }) => {
    if (!isLive(change)) return undefined;
    return change.differences.flatMap((difference): Judged[] => {
      const range = rangeOf(change, difference, facts);
      const live = numberOf(difference.after);
      if (range === undefined || !(live >= range[0] && live <= range[1])) return [];
      return [
        {
          holds: 'yes',
          paths: [difference.path],
          why: `governed: ${live} lies in ${range[0]} to ${range[1]}`,
        },
      ];
    });
  },
};

type Range = readonly [minimum: number, maximum: number];

function rangeOf(change: ResourceChange, { path }: Difference, facts: Facts): Range | undefined {
  const name = nameOf(path);
  if (change.type === GROUP) {
    if (name !== 'DesiredCapacity') return undefined;
    const live = (property: string) =>
      numberOf(at(change.after, `Properties.${property}`) ?? at(change.before, `Properties.${property}`));
    return [live('MinSize'), live('MaxSize')];
  }
  for (const { region, stack, before, after } of facts.templates ?? []) {
    if (region !== change.region) continue;
    for (const [, resource] of entriesOf(own(before ?? after, 'Resources'))) {
      if (typeOf(resource) !== TARGET || !scales(resource, change, name, stack === change.stack)) continue;
      const bound = (property: string) => numberOf(at(resource, `Properties.${property}`));
      return [bound('MinCapacity'), bound('MaxCapacity')];
    }
  }
  return undefined;
}

function scales(target: Json, change: ResourceChange, name: string, sameStack: boolean): boolean {
  const dimension = textOf(at(target, 'Properties.ScalableDimension'));
  if (dimension.split(':').at(-1) !== (DIMENSIONS[name] ?? name)) return false;
  const id = at(target, 'Properties.ResourceId');
  const refers = sameStack && referencesOf(id).some(each => each.target === change.resource);
  return (
    refers ||
    (typeof id === 'string' && change.physicalId !== undefined && id.split('/').at(-1) === change.physicalId)
  );
}
