import { absent, type Rule } from '../rule';

/** A global cluster names no source. */
export const globalClusterSource: Rule = {
  id: 'GlobalClusterSource',
  title: 'a global cluster names no source cluster',
  why: 'after a switchover the writer is another one: the template then differs from what is, and a change to it replaces the global cluster',
  fix: 'create the global cluster with Engine and EngineVersion, and let every member join by GlobalClusterIdentifier',
  source: 'law 1; cloudformation-coverage-roadmap #1856',
  types: ['AWS::RDS::GlobalCluster'],
  evaluate: cluster => absent(cluster, 'Properties.SourceDBClusterIdentifier'),
};
