import { spansZones } from '../parts/zones';
import { gravest, NOT_APPLICABLE, type Rule, whether } from '../rule';
import { asList } from '../value';

/** A group spans zones. */
export const groupZones: Rule = {
  id: 'GroupZones',
  title: 'an Auto Scaling group spans at least two zones',
  why: 'the loss of its only zone takes every instance, and there is nowhere to launch another',
  fix: 'name a subnet in each of two or more zones',
  source: 'law 9; AWS Fault Isolation Boundaries, Availability Zones',
  types: ['AWS::AutoScaling::AutoScalingGroup'],
  evaluate: (group, template) =>
    gravest([
      spansZones(group, 'Properties.VPCZoneIdentifier', template),
      group.at('Properties.AvailabilityZones') === undefined
        ? NOT_APPLICABLE
        : whether(group, 'Properties.AvailabilityZones', zones => asList(zones).length > 1),
    ]),
};
