import type { Json, ResourceChange } from '../model';
import { canonical } from '../paths';

/** Types that keep a Region safe, or tell when it is not. */
const PROTECTIVE =
  /^AWS::(?:Backup::|DLM::|WAFv2::|Shield::|GuardDuty::|CloudFormation::\w*Hook|CloudWatch::(?:Composite)?Alarm$|Route53::HealthCheck$|S3::Bucket.*Block)/;

/** Whether the loss of a resource leaves a Region without what guards it: a guard by its type, or by a Deny. */
export const isProtective = (type: string, resource: Json | undefined): boolean =>
  PROTECTIVE.test(type) || (/Policy$/.test(type) && canonical(resource).includes('"Effect":"Deny"'));

/** Whether an entry stands in some Regions and is missing in others. */
export const isOneSided = ({ differences }: ResourceChange): boolean =>
  differences.some(({ path }) => path === '');

/** Regions that have an entry which others lack. */
export const holdersOf = ({ before, sides }: ResourceChange): readonly string[] =>
  (before === undefined ? sides?.after : sides?.before) ?? [];
