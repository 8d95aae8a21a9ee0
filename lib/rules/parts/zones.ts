import { textOf } from '../resolve';
import { broken, COMPLIANT, type Judgement, NOT_APPLICABLE, unknown } from '../rule';
import type { Resource, Template } from '../template';
import { asList, isHidden, isObject, Reference } from '../value';
import { writtenAt } from './written';

/** The zone of a subnet of this template, as text that two subnets of one zone share; `undefined` when not told. */
export const zoneOf = (subnet: Resource | undefined): string | undefined =>
  subnet === undefined
    ? undefined
    : (writtenAt(subnet, 'Properties.AvailabilityZone') ??
      writtenAt(subnet, 'Properties.AvailabilityZoneId'));

/**
 * Judges whether what stands at a path names subnets of more than one zone. Two subnets whose zones are not in the
 * template pass: nobody makes two of one purpose in one zone.
 */
export function spansZones(resource: Resource, path: string, template: Template): Judgement {
  const listed = resource.at(path);
  if (listed === undefined) return NOT_APPLICABLE;
  if (isHidden(listed)) return unknown(path);
  const subnets = asList(listed).map(entry => (isObject(entry) ? entry.SubnetId : entry));
  const zones = subnets.map((subnet, index) => {
    const isImported = isHidden(subnet) && !(subnet instanceof Reference);
    return zoneOf(template.follow(subnet)) ?? (isImported ? `${index}` : textOf(subnet));
  });
  return new Set(zones).size > 1 ? COMPLIANT : broken(path);
}
