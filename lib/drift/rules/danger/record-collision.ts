import type { DriftRule } from '../../classify/rule';
import type { Json } from '../../model';
import { at, canonical } from '../../paths';
import { dnsName } from '../noise/dns-echo';

/** What makes two records one to Route 53. */
function identityOf(record: Json | undefined): string {
  const name = at(record, 'Properties.Name');
  return canonical([
    typeof name === 'string' ? dnsName(name) : (name ?? null),
    at(record, 'Properties.Type') ?? null,
    at(record, 'Properties.SetIdentifier') ?? null,
    at(record, 'Properties.HostedZoneId') ?? at(record, 'Properties.HostedZoneName') ?? null,
  ]);
}

/** CloudFormation creates before it deletes. */
export const recordCollision: DriftRule = {
  id: 'record-collision',
  class: 'danger',
  title: 'the same record is made by one logical id and destroyed by another',
  why: 'CloudFormation creates before it deletes, so the new record collides with the old one and the deploy fails; where it does not, the deletion takes the record away',
  fix: 'keep the logical id (`overrideLogicalId`, or `cdk refactor`), or retain the old record and import it under the new id',
  source: 'aws/aws-cdk#27094',
  types: ['AWS::Route53::RecordSet'],
  judge: (change, { neighbours }) => {
    if (change.action !== 'create') return undefined;
    const other = neighbours.find(
      ({ type, action, before }) =>
        type === change.type &&
        (action === 'delete' || action === 'forget') &&
        identityOf(before) === identityOf(change.after),
    );
    return other && { holds: 'yes', why: `collision: ${other.resource} is the same record and goes` };
  },
};
