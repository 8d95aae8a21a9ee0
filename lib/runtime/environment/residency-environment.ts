import { reasonOf } from '../errors';
import { parseResidency, type ResidencyPolicy } from '../residency/residency-policy';
import type { EnvironmentReader } from './environment-reader';

/** Where records may be, and where this process's database copies them. */
export interface ResidencyEnvironment {
  readonly policy: ResidencyPolicy;
  /** Every Region of the global database, this one among them. */
  readonly copies: readonly string[];
}

/**
 * Reads `HOLDFAST_RESIDENCY` and, with it, `HOLDFAST_DATABASE_REGIONS`: a policy without knowing where the rows go would
 * promise what it cannot keep. Undefined when there is no policy.
 */
export function residencyEnvironment(reader: EnvironmentReader): ResidencyEnvironment | undefined {
  const policy = residencyPart(reader);
  if (policy === undefined) return undefined;
  const name = 'HOLDFAST_DATABASE_REGIONS';
  const copies = reader.text(name).split(',');
  if (copies.some(region => !/^[a-z0-9-]+$/.test(region)))
    reader.refuse(name, 'is no list of Regions', 'write us-east-2,us-west-2: each Region of the database');
  return { policy, copies };
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
