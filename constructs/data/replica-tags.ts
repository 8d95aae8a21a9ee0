import { type CfnTag, TagManager, TagType } from 'aws-cdk-lib';
import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';

/**
 * Tags of a global table. CloudFormation keeps them on each copy and not on the table, so the resource of the CDK takes
 * none of the tags of its scope; the construct that owns the copies takes them instead.
 */
export function replicaTags(own: readonly CfnTag[]): TagManager {
  return new TagManager(TagType.STANDARD, CfnGlobalTable.CFN_RESOURCE_TYPE_NAME, [...own]);
}
