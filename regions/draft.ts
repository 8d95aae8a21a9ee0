/**
 * A draft: what can be read of a document that may be wrong anywhere. Values of the wrong type are absent, so that
 * rules speak of what is there while the shape reports the rest, all in one pass.
 */

/** One Region of a draft. */
export interface DraftRegion {
  readonly name?: string;
  readonly seed: boolean;
  readonly zones?: readonly (string | undefined)[];
  readonly cidr?: string;
  readonly capacityShare?: number;
}

/** One jurisdiction of a draft. */
export interface DraftJurisdiction {
  readonly name?: string;
  readonly regions?: readonly (string | undefined)[];
}

/** One home of a draft. */
export interface DraftHome {
  readonly name?: string;
  readonly seed?: string;
  readonly jurisdiction?: string;
}

/** One service level of a draft. */
export interface DraftServiceLevel {
  readonly name?: string;
  readonly kind?: string;
  readonly route?: string;
  readonly thresholdMilliseconds?: number;
  readonly thresholdSeconds?: number;
}

/** What the rules read of a topology. */
export interface Draft {
  readonly application?: string;
  readonly mode?: string;
  /** Absent when `homes` is no list. */
  readonly homes?: readonly DraftHome[];
  /** The account as received, of whatever type. */
  readonly account: unknown;
  readonly hostNames: { readonly zoneName?: string; readonly recordName?: string };
  /** Absent when `regions` is no list. */
  readonly regions?: readonly DraftRegion[];
  readonly zonesPerRegion?: number;
  readonly register: { readonly kind?: string; readonly witness?: string };
  readonly rpoSeconds?: number;
  readonly database: {
    readonly instanceClass?: string;
    readonly instancesPerRegion?: number;
    readonly rpoBasis?: string;
  };
  readonly capacity: {
    readonly peakRequestsPerSecond?: number;
    readonly requestsPerClone?: number;
    readonly maximumClones?: number;
  };
  readonly dataResidency?: readonly (string | undefined)[];
  readonly jurisdictions: readonly DraftJurisdiction[];
  readonly serviceLevels: readonly DraftServiceLevel[];
  /** Names of the journeys with what is asked. */
  readonly journeys: readonly { readonly name?: string; readonly route?: string; readonly path?: string }[];
  readonly allowedCidrs?: readonly (string | undefined)[];
  /** Names of the tags. */
  readonly tags: readonly string[];
}

/** Reads a draft; `undefined` when the document is no object. */
export function readDraft(input: unknown): Draft | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  const root = record(input);
  const dns = record(root.dns);
  const register = record(root.register);
  const capacity = record(root.capacity);
  const database = record(root.database);
  return {
    application: text(root.application),
    mode: text(root.mode),
    homes: list(root.homes)?.map(readHome),
    account: root.account,
    hostNames: { zoneName: text(dns.zoneName), recordName: text(dns.recordName) },
    regions: list(root.regions)?.map(readRegion),
    zonesPerRegion: count(root.zonesPerRegion),
    register: { kind: text(register.kind), witness: text(register.witness) },
    rpoSeconds: count(record(root.objectives).rpoSeconds),
    database: {
      instanceClass: text(database.instanceClass),
      instancesPerRegion: count(database.instancesPerRegion),
      rpoBasis: text(database.rpoBasis),
    },
    capacity: {
      peakRequestsPerSecond: count(capacity.peakRequestsPerSecond),
      requestsPerClone: count(capacity.requestsPerClone),
      maximumClones: count(capacity.maximumClones),
    },
    dataResidency: list(root.dataResidency)?.map(text),
    jurisdictions: (list(root.jurisdictions) ?? []).map(readJurisdiction),
    serviceLevels: (list(root.serviceLevels) ?? []).map(readServiceLevel),
    journeys: (list(root.journeys) ?? []).map(journey => {
      const { name, route, path } = record(journey);
      return { name: text(name), route: text(route), path: text(path) };
    }),
    allowedCidrs: list(record(root.gate).allowedCidrs)?.map(text),
    tags: Object.keys(record(root.tags)),
  };
}

function readRegion(input: unknown): DraftRegion {
  const region = record(input);
  const share = region.capacityShare;
  return {
    name: text(region.name),
    seed: region.seed === true,
    zones: list(region.zones)?.map(text),
    cidr: text(region.cidr),
    capacityShare: typeof share === 'number' && share > 0 && share <= 1 ? share : undefined,
  };
}

function readJurisdiction(input: unknown): DraftJurisdiction {
  const { name, regions } = record(input);
  return { name: text(name), regions: list(regions)?.map(text) };
}

function readHome(input: unknown): DraftHome {
  const { name, seed, jurisdiction } = record(input);
  return { name: text(name), seed: text(seed), jurisdiction: text(jurisdiction) };
}

function readServiceLevel(input: unknown): DraftServiceLevel {
  const { name, kind, route, thresholdMilliseconds, thresholdSeconds } = record(input);
  return {
    name: text(name),
    kind: text(kind),
    route: text(route),
    thresholdMilliseconds: count(thresholdMilliseconds),
    thresholdSeconds: count(thresholdSeconds),
  };
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const count = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
const list = (value: unknown): readonly unknown[] | undefined =>
  // A spread fills the holes of a sparse list, which `map` would skip.
  Array.isArray(value) ? [...value] : undefined;
