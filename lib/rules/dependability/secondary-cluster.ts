import { absent, gravest, NOT_APPLICABLE, type Rule } from '../rule';
import type { Resource, Template } from '../template';

/** Members of a global database that are born as secondaries bring nothing of their own. */
export const secondaryCluster: Rule = {
  id: 'SecondaryCluster',
  title: 'a secondary Aurora cluster has no master credentials and no database name',
  why: 'a secondary takes both from the global database: with them its creation is refused, or a second independent database is born',
  fix: 'remove MasterUsername, MasterUserPassword, ManageMasterUserPassword and DatabaseName from the secondary',
  source: 'aws-cdk #22212, #29880; crossplane-contrib/provider-aws #2072',
  types: ['AWS::RDS::DBCluster'],
  evaluate: (cluster, template) => {
    const path = 'Properties.GlobalClusterIdentifier';
    if (cluster.at(path) === undefined) return NOT_APPLICABLE;
    const judgement = gravest(
      ['MasterUsername', 'MasterUserPassword', 'ManageMasterUserPassword', 'DatabaseName'].map(name =>
        absent(cluster, `Properties.${name}`),
      ),
    );
    if (judgement.state === 'compliant' || !isSeed(cluster, template)) return judgement;
    // The member beside which the global database is made is its first writer, and must bring them.
    return NOT_APPLICABLE;
  },
};

function isSeed(cluster: Resource, template: Template): boolean {
  const replicates = ['SourceRegion', 'ReplicationSourceIdentifier'].some(
    name => cluster.at(`Properties.${name}`) !== undefined,
  );
  if (replicates) return false;
  const identifier = cluster.at('Properties.GlobalClusterIdentifier');
  return (
    template.named('AWS::RDS::GlobalCluster', identifier, 'Properties.GlobalClusterIdentifier') !== undefined
  );
}
