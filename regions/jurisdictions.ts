import type { Topology } from './topology';

/**
 * Where the records of each jurisdiction may be, as the run time reads it (`HOLDFAST_RESIDENCY`), such as
 * `eu=eu-west-1,eu-central-1;*=us-east-2`; undefined when the topology names none.
 */
export function residencyRules({ jurisdictions = [] }: Pick<Topology, 'jurisdictions'>): string | undefined {
  if (jurisdictions.length === 0) return undefined;
  return jurisdictions.map(({ name, regions }) => `${name}=${regions.join(',')}`).join(';');
}
