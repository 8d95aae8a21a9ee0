import { terraformDanger } from '../tf-values';

/** Records and checks decide where every client goes. */
export const tfDnsChange = terraformDanger({
  id: 'tf-dns-change',
  title: 'a DNS record, a zone or a health check changes or goes, in a Terraform plan',
  why: 'records and checks decide where clients go: they are made at birth, and a switch never edits them',
  fix: 'leave records and checks as they are; switch through the register; change them in a change of their own',
  source: 'law 2; hashicorp/terraform-provider-aws#7199',
  types: [
    ...['aws_route53_record', 'aws_route53_health_check', 'aws_route53_zone', 'aws_route53_cidr_location'],
    ...['aws_route53recoverycontrolconfig_*', 'aws_globalaccelerator_*', 'aws_arcregionswitch_*'],
  ],
  judge: change => {
    if (['create', 'import', 'move', 'forget'].includes(change.action)) return undefined;
    const paths = change.differences.map(({ path }) => path).filter(path => !/^tags(?:_all)?\b/.test(path));
    if (paths.length > 0) return { holds: 'yes', paths };
    return change.differences.length === 0 ? { holds: 'yes' } : undefined;
  },
});
