/**
 * The Region catalogue: facts about AWS Regions as data, so that nothing is looked up and synth needs no credentials.
 *
 * Sources: AWS Regions and Availability Zones guide (zone ids, opt-in status; us-west-1 offers newer accounts two
 * zones); DynamoDB `GlobalTableWitness` reference (Region sets of strongly consistent tables); whitepaper AWS Fault
 * Isolation Boundaries (where control planes of global services sit). Read in November 2026. AWS adds zones and
 * Regions, so a zone id of the right form that is not listed is a warning and never an error.
 */

/** Set of Regions with accounts, credentials and ARNs of its own. */
export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov';

/** Regions among which one strongly consistent DynamoDB global table can stand (replicas and witness alike). */
export type RegisterSet = 'US' | 'EU' | 'AP';

/** What is known about one Region. */
export interface RegionFacts {
  /** Region code, such as `us-east-2`. */
  readonly code: string;
  /** Place, such as `Ohio`. */
  readonly place: string;
  readonly partition: Partition;
  /** Whether an account must enable the Region before anything can be created there. */
  readonly optIn: boolean;
  /** What zone ids of this Region begin with, such as `use2`. */
  readonly zonePrefix: string;
  /** Zone ids known in November 2026; an account may be offered fewer. */
  readonly zones: readonly string[];
  /** Zones that any account can count on, where that is fewer than `zones`. */
  readonly zonesPerAccount?: number;
  /** Set in which this Region can hold a strongly consistent table; absent where it cannot. */
  readonly registerSet?: RegisterSet;
  /** Global services of which the only control plane sits here; empty for most Regions. */
  readonly controlPlanes: readonly string[];
}

type Extras = Partial<
  Pick<RegionFacts, 'zonesPerAccount' | 'registerSet' | 'controlPlanes' | 'partition' | 'optIn'>
>;

const region = (
  code: string,
  place: string,
  zonePrefix: string,
  zoneNumbers: readonly number[],
  extras: Extras = {},
): RegionFacts => ({
  code,
  place,
  partition: 'aws',
  optIn: false,
  zonePrefix,
  zones: zoneNumbers.map(number => `${zonePrefix}-az${number}`),
  controlPlanes: [],
  ...extras,
});

const OPT_IN: Extras = { optIn: true };
const US: Extras = { registerSet: 'US' };
const EU: Extras = { registerSet: 'EU' };
const AP: Extras = { registerSet: 'AP' };
const CHINA: Extras = { partition: 'aws-cn' };
const GOV: Extras = { partition: 'aws-us-gov' };
const THREE = [1, 2, 3] as const;
const FOUR = [1, 2, 3, 4] as const;

/** Every Region that Holdfast knows, in the order of the AWS guide. */
export const REGION_CATALOG: readonly RegionFacts[] = [
  region('us-east-1', 'N. Virginia', 'use1', [1, 2, 3, 4, 5, 6], {
    ...US,
    controlPlanes: ['Route 53', 'IAM', 'Organizations', 'Account Management'],
  }),
  region('us-east-2', 'Ohio', 'use2', THREE, US),
  region('us-west-1', 'N. California', 'usw1', THREE, { zonesPerAccount: 2 }),
  region('us-west-2', 'Oregon', 'usw2', FOUR, {
    ...US,
    controlPlanes: ['Application Recovery Controller', 'Network Manager'],
  }),
  region('ca-central-1', 'Central Canada', 'cac1', [1, 2, 4]),
  region('ca-west-1', 'Calgary', 'caw1', THREE, OPT_IN),
  region('mx-central-1', 'Central Mexico', 'mxc1', THREE, OPT_IN),
  region('af-south-1', 'Cape Town', 'afs1', THREE, OPT_IN),
  region('ap-east-1', 'Hong Kong', 'ape1', THREE, OPT_IN),
  region('ap-east-2', 'Taipei', 'ape2', THREE, OPT_IN),
  region('ap-northeast-1', 'Tokyo', 'apne1', FOUR, AP),
  region('ap-northeast-2', 'Seoul', 'apne2', FOUR, AP),
  region('ap-northeast-3', 'Osaka', 'apne3', THREE, AP),
  region('ap-south-1', 'Mumbai', 'aps1', THREE),
  region('ap-south-2', 'Hyderabad', 'aps2', THREE, OPT_IN),
  region('ap-southeast-1', 'Singapore', 'apse1', THREE),
  region('ap-southeast-2', 'Sydney', 'apse2', THREE),
  region('ap-southeast-3', 'Jakarta', 'apse3', THREE, OPT_IN),
  region('ap-southeast-4', 'Melbourne', 'apse4', THREE, OPT_IN),
  region('ap-southeast-5', 'Malaysia', 'apse5', THREE, OPT_IN),
  region('ap-southeast-6', 'New Zealand', 'apse6', THREE, OPT_IN),
  region('ap-southeast-7', 'Thailand', 'apse7', THREE, OPT_IN),
  region('eu-central-1', 'Frankfurt', 'euc1', THREE, EU),
  region('eu-central-2', 'Zurich', 'euc2', THREE, OPT_IN),
  region('eu-north-1', 'Stockholm', 'eun1', THREE),
  region('eu-south-1', 'Milan', 'eus1', THREE, OPT_IN),
  region('eu-south-2', 'Spain', 'eus2', THREE, OPT_IN),
  region('eu-west-1', 'Ireland', 'euw1', THREE, EU),
  region('eu-west-2', 'London', 'euw2', FOUR, EU),
  region('eu-west-3', 'Paris', 'euw3', THREE, EU),
  region('il-central-1', 'Tel Aviv', 'ilc1', THREE, OPT_IN),
  region('me-central-1', 'UAE', 'mec1', THREE, OPT_IN),
  region('me-south-1', 'Bahrain', 'mes1', THREE, OPT_IN),
  region('sa-east-1', 'São Paulo', 'sae1', THREE),
  region('cn-north-1', 'Beijing', 'cnn1', [1, 2, 4], CHINA),
  region('cn-northwest-1', 'Ningxia', 'cnnw1', THREE, CHINA),
  region('us-gov-east-1', 'GovCloud (US-East)', 'usge1', THREE, GOV),
  region('us-gov-west-1', 'GovCloud (US-West)', 'usgw1', THREE, GOV),
];

const byCode = new Map(REGION_CATALOG.map(facts => [facts.code, facts]));
const byZonePrefix = new Map(REGION_CATALOG.map(facts => [facts.zonePrefix, facts]));

/** What is known about the Region of this code; `undefined` when it is not in the catalogue. */
export function regionFacts(code: string): RegionFacts | undefined {
  return byCode.get(code);
}

/** The Region to which a zone id belongs by its prefix; `undefined` for anything else, zone names included. */
export function regionOfZone(zoneId: string): RegionFacts | undefined {
  const prefix = /^([a-z]+\d+)-az\d+$/.exec(zoneId)?.[1];
  return prefix === undefined ? undefined : byZonePrefix.get(prefix);
}

/** Codes of the Regions of a set that can hold one strongly consistent table. */
export function registerSetMembers(set: RegisterSet): readonly string[] {
  return REGION_CATALOG.filter(facts => facts.registerSet === set).map(facts => facts.code);
}

/** The set in which all these Regions can hold one strongly consistent table; `undefined` when there is none. */
export function commonRegisterSet(codes: readonly string[]): RegisterSet | undefined {
  const [first, ...others] = codes.map(code => byCode.get(code)?.registerSet);
  return others.every(set => set === first) ? first : undefined;
}

/** Zones that any account can count on in the Region. */
export function zonesOffered(facts: RegionFacts): number {
  return facts.zonesPerAccount ?? facts.zones.length;
}
