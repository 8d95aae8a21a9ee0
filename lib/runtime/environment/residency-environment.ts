import { reasonOf } from '../errors';
import { parseResidency, type ResidencyPolicy } from '../residency/residency-policy';
import type { EnvironmentReader } from './environment-reader';

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
