import { textOf } from '../resolve';
import { broken, COMPLIANT, type Judgement, NOT_APPLICABLE, unknown } from '../rule';
import type { Resource, Template } from '../template';
import { asList, isHidden, isObject, type Value } from '../value';

/** The zone of a subnet of this template, as text that two subnets of one zone share; `undefined` when not told. */
export function zoneOf(subnet: Resource | undefined): string | undefined {
  // As written, since the same import or parameter names the same zone though its value is not known here.
  const { AvailabilityZone: zone, AvailabilityZoneId: id } = (subnet?.raw.Properties ?? {}) as {
    readonly AvailabilityZone?: unknown;
    readonly AvailabilityZoneId?: unknown;
  };
  const written = zone ?? id;
  return written === undefined ? undefined : textOf(written as Value);
}

/**
 * Judges whether what stands at a path names subnets of more than one zone. Two subnets whose zones are not in the
 * template pass: nobody makes two of one purpose in one zone.
 */
export function spansZones(resource: Resource, path: string, template: Template): Judgement {
  const listed = resource.at(path);
  if (listed === undefined) return NOT_APPLICABLE;
  if (isHidden(listed)) return unknown(path);
  const subnets = asList(listed).map(entry => (isObject(entry) ? entry.SubnetId : entry));
  const zones = subnets.map(
    (subnet, index) => zoneOf(template.follow(subnet)) ?? `${index} ${textOf(subnet)}`,
  );
  return new Set(zones).size > 1 ? COMPLIANT : broken(path);
}
