import type { DriftRule } from '../../classify/rule';

/** Resources, parameters, rules, conditions and mappings that the CDK writes for itself. */
const NAMES: readonly RegExp[] = [
  /^CDKMetadata(?:Available)?$/,
  /^Parameters\.BootstrapVersion$/,
  /^Rules\.CheckBootstrapVersion$/,
  /^Conditions\.CDKMetadataAvailable$/,
];

/** What a tool notes for itself runs nowhere. */
export const toolMetadata: DriftRule = {
  id: 'tool-metadata',
  class: 'noise',
  title: 'only what the CDK notes for itself changes',
  why: 'the CDK writes its version, and which bootstrap it needs, into each template; no resource depends on it',
  fix: 'nothing; `analyticsReporting: false` leaves the metadata out',
  source: 'aws/aws-cdk#31864; aws/aws-cdk-cli#1419',
  explainsReplacement: true,
  judge: change => {
    const named = NAMES.some(pattern => pattern.test(change.resource));
    // A resource that only bears the name is none of the CDK's.
    const own = change.type === 'AWS::CDK::Metadata' || !change.resource.startsWith('CDKMetadata');
    if (named && own) return { holds: 'yes' };
    const paths = change.differences
      .map(({ path }) => path)
      .filter(path => /^Metadata\."?aws:cdk:/.test(path));
    return paths.length === 0 ? undefined : { holds: 'yes', paths };
  },
};
