import { reasonOf } from '../errors';
import { parseResidency, type ResidencyPolicy } from '../residency/residency-policy';
import type { EnvironmentReader } from './environment-reader';

/** Where records may be, and where this process's database copies them. */
export interface ResidencyEnvironment {
  readonly policy: ResidencyPolicy;
  /** Every Region of the global database, this one among them. */
  readonly copies: readonly string[];
  /** Every Region in which changes and reports are read that leave the database: stream, bucket, and their replicas. */
  readonly changesReadIn: readonly string[];
}

/**
 * Reads `HOLDFAST_RESIDENCY` and, with it, `HOLDFAST_DATABASE_REGIONS`: a policy without knowing where the rows go would
 * promise what it cannot keep. `HOLDFAST_CHANGE_REGIONS` are those in which changes are read; by default those of the
 * database. Undefined when there is no policy.
 */
export function residencyEnvironment(reader: EnvironmentReader): ResidencyEnvironment | undefined {
  const policy = residencyPart(reader);
  if (policy === undefined) return undefined;
  const copies = regionsPart(reader, 'HOLDFAST_DATABASE_REGIONS');
  return { policy, copies, changesReadIn: regionsPart(reader, 'HOLDFAST_CHANGE_REGIONS', copies.join(',')) };
}

function regionsPart(reader: EnvironmentReader, name: string, fallback?: string): readonly string[] {
  const regions = reader.text(name, fallback).split(',');
  if (regions.some(region => !/^[a-z0-9-]+$/.test(region)))
    reader.refuse(name, 'is no list of Regions', 'write us-east-2,us-west-2: each Region that it reaches');
  return regions;
}

/**
 * Reads `HOLDFAST_RESIDENCY`: which Regions may hold the records of each jurisdiction, such as
 * `eu=eu-west-1,eu-central-1;us=us-east-1;*=us-east-1,eu-west-1`; `*` is for records without one. Undefined when it is
 * not set: nothing is restricted.
 */
export function residencyPart(reader: EnvironmentReader): ResidencyPolicy | undefined {
  const text = reader.optional('HOLDFAST_RESIDENCY');
  if (text === undefined) return undefined;
  try {
    return parseResidency(text);
  } catch (error) {
    reader.refuse('HOLDFAST_RESIDENCY', reasonOf(error), 'write eu=eu-west-1,eu-central-1;us=us-east-1');
    return undefined;
  }
}
