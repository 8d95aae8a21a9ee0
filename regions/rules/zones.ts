import type { Problem } from '../../lib/errors';
import { type RegionFacts, regionFacts, regionOfZone, zonesOffered } from '../catalog';
import type { Draft, DraftRegion } from '../draft';

const FEWEST = 2;

/** Zones are named by id, belong to their Region, are at least two, and as many as promised and offered. */
export function zoneProblems(draft: Draft): readonly Problem[] {
  return (draft.regions ?? []).flatMap((region, index) => {
    const { zones } = region;
    if (zones === undefined) return [];
    const path = `regions[${index}].zones`;
    const facts = region.name === undefined ? undefined : regionFacts(region.name);
    return [
      ...countProblems(zones, path, facts, draft.zonesPerRegion),
      ...zones.flatMap((zone, position) =>
        zone === undefined ? [] : oneZone(zone, `${path}[${position}]`, position, region, facts),
      ),
    ];
  });
}

function countProblems(
  zones: readonly unknown[],
  path: string,
  facts: RegionFacts | undefined,
  promised: number | undefined,
): readonly Problem[] {
  const offered = facts === undefined ? Number.POSITIVE_INFINITY : zonesOffered(facts);
  const wanted = Math.max(zones.length, promised ?? 0);
  if (facts?.zonesPerAccount !== undefined && wanted > offered) {
    return [
      {
        path,
        received: zones,
        message: `${facts.code} offers an account ${offered} zones, and ${wanted} are asked for`,
        fix: `name ${offered} zones and promise zonesPerRegion ${offered}, or choose another Region`,
      },
    ];
  }
  if (zones.length < FEWEST) {
    const choice = facts === undefined ? '' : ` of ${facts.zones.join(', ')}`;
    return [
      { path, received: zones, message: 'survives no loss of a zone', fix: `name at least two${choice}` },
    ];
  }
  if (promised === undefined || zones.length >= promised) return [];
  return [
    {
      path,
      received: zones,
      message: `has ${zones.length} zones, and zonesPerRegion promises ${promised}`,
      fix: `name ${promised} zones${facts === undefined ? '' : ` of ${facts.zones.join(', ')}`}, or promise fewer`,
    },
  ];
}

function oneZone(
  zone: string,
  path: string,
  position: number,
  region: DraftRegion,
  facts: RegionFacts | undefined,
): readonly Problem[] {
  const fix =
    facts === undefined ? 'use zone ids, such as use2-az1' : `use ids such as ${facts.zones.join(', ')}`;
  const wrong = (message: string, remedy = fix): readonly Problem[] => [
    { path, received: zone, message, fix: remedy },
  ];
  if (/^[a-z]{2}(-[a-z]+)+-\d+[a-z]$/.test(zone)) {
    return wrong('is a zone name, and its letter can mean another zone in another account');
  }
  if (!/^[a-z]+\d+-az\d+$/.test(zone)) return wrong('is no zone id');
  const owner = regionOfZone(zone);
  if (owner !== undefined && facts !== undefined && owner !== facts) {
    return wrong(`is a zone of ${owner.code}, not of ${facts.code}`);
  }
  if (owner === undefined && facts !== undefined) return wrong(`is no zone of ${facts.code}`);
  if (region.zones?.indexOf(zone) !== position) return wrong('is named twice', 'name each zone once');
  return [];
}
