import type { DriftRule } from '../../classify/rule';
import { isLive } from '../values';

const STRAY =
  'it stands beside the declared ones and no template declares it: it may take their clients away';

/** Records and checks decide where every client goes. */
export const dnsChange: DriftRule = {
  id: 'dns-change',
  class: 'danger',
  title: 'a DNS record, a zone or a health check changes or goes',
  why: 'records and checks decide where clients go: names, roles and checks are made at birth, and a switch never edits them',
  fix: 'leave records and checks as they are; switch through the register; change them in a change of their own',
  apart: 'the Regions are not found or watched alike',
  source: 'law 2; boto/boto3#1347; hashicorp/terraform-provider-aws#7199',
  types: [
    ...['RecordSet', 'RecordSetGroup', 'HealthCheck', 'HostedZone', 'CidrCollection'].map(
      name => `AWS::Route53::${name}`,
    ),
    ...['AWS::Route53RecoveryControl::*', 'AWS::ARCRegionSwitch::*', 'AWS::GlobalAccelerator::*'],
  ],
  judge: change => {
    if (change.action === 'import' || change.action === 'move') return undefined;
    // A deploy that makes a record says so itself; one that stands and that nobody has declared may take clients away.
    if (change.action === 'create') return isLive(change) ? { holds: 'yes', why: STRAY } : undefined;
    // A tag turns no client.
    const paths = change.differences
      .map(({ path }) => path)
      .filter(path => /^Properties\./.test(path) && !/Tags/.test(path));
    if (paths.length > 0) return { holds: 'yes', paths };
    return change.differences.length === 0 ? { holds: 'yes' } : undefined;
  },
};
