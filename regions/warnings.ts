import type { Problem } from '../lib/errors';
import { type Partition, regionFacts } from './catalog';
import { type Cidr, cidrContains, isCidrFault, parseCidr, readCidr } from './cidr';
import { optInRegions } from './lookup';
import { REGION_DEFAULTS } from './recovery';
import type { RegionSpec, Topology } from './topology';

const PRIVATE: readonly Cidr[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map(
  parseCidr,
);

/** What is known of partitions other than `aws` (GovCloud user guide, Route 53). */
const PARTITION_NOTES: Readonly<Record<Exclude<Partition, 'aws'>, string>> = {
  'aws-us-gov': 'Route 53 has no public hosted zones there, so the failover records cannot be public',
  'aws-cn': 'it has accounts, a Route 53 and endpoints of its own, and Holdfast has not been tried there',
};

/** What a valid topology allows and yet deserves a second look: told, and never a reason to fail. */
export function topologyWarnings(topology: Topology): readonly Problem[] {
  return [
    ...topology.regions.flatMap((region, index) => regionWarnings(region, `regions[${index}]`)),
    ...optInWarnings(topology),
    ...zoneCountWarnings(topology),
    ...registerWarnings(topology),
    ...databaseWarnings(topology),
    ...jurisdictionWarnings(topology),
  ];
}

function regionWarnings(region: RegionSpec, path: string): readonly Problem[] {
  const facts = regionFacts(region.name);
  if (facts === undefined) return [];
  const warnings: Problem[] = [];
  if (facts.controlPlanes.includes('Route 53')) {
    warnings.push({
      path: `${path}.name`,
      received: region.name,
      message: `holds the only control planes of ${facts.controlPlanes.join(', ')}: its loss also takes away changing them`,
      fix: 'prefer another Region for writers, such as us-east-2; as a witness it does no harm',
    });
  }
  if (facts.partition !== 'aws') {
    warnings.push({
      path: `${path}.name`,
      received: region.name,
      message: `is in partition ${facts.partition}: ${PARTITION_NOTES[facts.partition]}`,
      fix: 'check hosted zones, health checks and global clusters there before the first deploy',
    });
  }
  for (const [position, zone] of region.zones.entries()) {
    if (facts.zones.includes(zone)) continue;
    warnings.push({
      path: `${path}.zones[${position}]`,
      received: zone,
      message: `is newer than the catalogue, which knows ${facts.zones.join(', ')}`,
      fix: 'check the id with describe-availability-zones',
    });
  }
  return [...warnings, ...shareWarnings(region, path), ...rangeWarnings(region, path)];
}

function shareWarnings(region: RegionSpec, path: string): readonly Problem[] {
  const share = region.capacityShare ?? REGION_DEFAULTS.capacityShare;
  if (share === 1) return [];
  return [
    {
      path: `${path}.capacityShare`,
      received: share,
      message: 'makes a move depend on launching clones, which the loss of a Region can make scarce',
      fix: 'use 1, or reserve capacity',
    },
  ];
}

function rangeWarnings(region: RegionSpec, path: string): readonly Problem[] {
  const range = readCidr(region.cidr);
  if (isCidrFault(range) || PRIVATE.some(place => cidrContains(place, range))) return [];
  return [
    {
      path: `${path}.cidr`,
      received: region.cidr,
      message: 'is a public range: clones could not reach its true owner',
      fix: 'use a private range, such as 10.10.0.0/16',
    },
  ];
}

function optInWarnings(topology: Topology): readonly Problem[] {
  return optInRegions(topology).map(name => ({
    path: 'regions',
    received: name,
    message: 'must be enabled in the account before anything can be created there',
    fix: `enable it: aws account enable-region --region-name ${name}`,
  }));
}

function zoneCountWarnings(topology: Topology): readonly Problem[] {
  const counts = topology.regions.map(region => region.zones.length);
  if (new Set(counts).size <= 1) return [];
  return [
    {
      path: 'regions',
      received: counts,
      message: 'Regions have different numbers of zones, so that the loss of a zone weighs differently',
      fix: 'name the same number of zones in each, and promise it by zonesPerRegion',
    },
  ];
}

function registerWarnings(topology: Topology): readonly Problem[] {
  if (topology.register.kind === 'strong') return [];
  return [
    {
      path: 'register.kind',
      received: 'eventual',
      message:
        'cannot fence a partition: two Regions can each take themselves for the active one; manual moves only',
      fix: 'choose Regions that can hold a strongly consistent table',
    },
  ];
}

function jurisdictionWarnings({ jurisdictions = [], regions }: Topology): readonly Problem[] {
  if (jurisdictions.length === 0) return [];
  const received = jurisdictions.map(({ name }) => name);
  const warnings: Problem[] = [];
  if (!received.includes('*'))
    warnings.push({
      path: 'jurisdictions',
      received,
      message: 'refuses records without a jurisdiction, and a drill writes such records',
      fix: "add { name: '*', regions } if they may be held here; if not, rehearse on a topology that may",
    });
  if (!jurisdictions.some(({ regions: places }) => regions.some(({ name }) => places.includes(name))))
    warnings.push({
      path: 'jurisdictions',
      received,
      message: 'lets no Region of this topology hold anything: every order is refused',
      fix: 'name its Regions under the jurisdictions that it is for',
    });
  return warnings;
}

function databaseWarnings(topology: Topology): readonly Problem[] {
  const { rpoBasis } = topology.database;
  if (rpoBasis !== 'bounded' || topology.regions.length > 2) return [];
  return [
    {
      path: 'database.rpoBasis',
      received: rpoBasis,
      message: 'stops writes when the only standby is lost',
      fix: "use 'alarmed', or add a third Region",
    },
  ];
}
