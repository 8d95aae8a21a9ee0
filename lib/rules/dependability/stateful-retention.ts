import { broken, COMPLIANT, gravest, type Judgement, NOT_APPLICABLE, type Rule } from '../rule';
import type { Resource } from '../template';

const SNAPSHOT = ['Retain', 'RetainExceptOnCreate', 'Snapshot'];
const RETAIN = ['Retain', 'RetainExceptOnCreate'];

/** Types that hold what cannot be made again, with the policies that keep it. */
const STATEFUL: Readonly<Record<string, readonly string[]>> = {
  'AWS::RDS::DBCluster': SNAPSHOT,
  'AWS::RDS::DBInstance': SNAPSHOT,
  'AWS::RDS::GlobalCluster': RETAIN,
  'AWS::DocDB::DBCluster': SNAPSHOT,
  'AWS::Neptune::DBCluster': SNAPSHOT,
  'AWS::Redshift::Cluster': SNAPSHOT,
  'AWS::DynamoDB::Table': RETAIN,
  'AWS::DynamoDB::GlobalTable': RETAIN,
  'AWS::S3::Bucket': RETAIN,
  'AWS::EFS::FileSystem': RETAIN,
  'AWS::FSx::FileSystem': RETAIN,
  'AWS::EC2::Volume': SNAPSHOT,
  'AWS::KMS::Key': RETAIN,
  'AWS::OpenSearchService::Domain': RETAIN,
  'AWS::Backup::BackupVault': RETAIN,
  'AWS::Cognito::UserPool': RETAIN,
};

/** What holds state outlives its stack and its replacement. */
export const statefulRetention: Rule = {
  id: 'StatefulRetention',
  title: 'what holds state is kept when its stack or its logical id goes',
  why: 'the default deletes most of it, and a property that needs replacement deletes it in the middle of a deploy',
  fix: 'set DeletionPolicy and UpdateReplacePolicy to Retain, or to Snapshot where the type has one',
  source: 'law 1; aws-cdk #15257, #17011; CloudFormation, DeletionPolicy and UpdateReplacePolicy attributes',
  types: Object.keys(STATEFUL),
  evaluate: resource => {
    const isMember =
      resource.type === 'AWS::RDS::DBInstance' && resource.at('Properties.DBClusterIdentifier') !== undefined;
    if (isMember) return NOT_APPLICABLE;
    return gravest(['DeletionPolicy', 'UpdateReplacePolicy'].map(name => judgePolicy(resource, name)));
  },
};

/** Of the two attributes CloudFormation takes plain text alone, so nothing is hidden. */
function judgePolicy(resource: Resource, name: string): Judgement {
  return (STATEFUL[resource.type] ?? RETAIN).includes(String(resource.raw[name])) ? COMPLIANT : broken(name);
}
