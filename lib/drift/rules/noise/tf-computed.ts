import type { DriftRule } from '../../classify/rule';
import { isTerraform } from '../tf-values';
import { atPaths } from '../values';

const COMPUTED = new Set([
  ...['id', 'arn', 'output', 'latest_version', 'default_version', 'qualified_arn', 'qualified_invoke_arn'],
  ...['invoke_arn', 'last_modified', 'unique_id', 'etag', 'version_id', 'version_number', 'owner_id', 'fqdn'],
  ...['create_date', 'creation_date', 'created_time', 'cluster_resource_id', 'resource_id', 'code_sha256'],
  ...['source_code_size', 'revision', 'arn_without_revision', 'arn_suffix', 'dns_name', 'reader_endpoint'],
  ...['endpoint', 'hosted_zone_id', 'state', 'security_group_rule_id', 'last_updated_date'],
]);

/** What a service fills in follows from the rest. */
export const tfComputed: DriftRule = {
  id: 'tf-computed',
  class: 'noise',
  title: 'a value that the service fills in is known after the plan is applied',
  why: 'nobody sets it: it follows from what else changes, which is told',
  fix: 'nothing',
  source: 'Terraform, JSON output format, after_unknown',
  judge: change =>
    isTerraform(change)
      ? atPaths(
          change.differences.filter(
            ({ path, unknownAfter }) =>
              unknownAfter === true &&
              (COMPUTED.has(path) || (path === 'version' && change.type === 'aws_lambda_function')),
          ),
        )
      : undefined,
};
