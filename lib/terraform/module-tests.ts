import type { BoundVariable } from './module';

/** Tests of a module in Terraform's own language: what it promises holds by default, and for the inputs that it takes. */
export function moduleTests(variables: readonly BoundVariable[]): string {
  const raised = variables.filter(({ variable }) => variable.least);
  return [
    'mock_provider "aws" {}',
    '',
    'run "keeps_what_the_topology_promises" {',
    '  command = plan',
    '',
    ...assertion(
      'aws_lb.service_balancer_load_balancer.enable_deletion_protection',
      'The balancer is not protected.',
    ),
    ...assertion('aws_rds_cluster.data_database_cluster.storage_encrypted', 'The database is not encrypted.'),
    ...assertion(
      'aws_rds_cluster.data_database_cluster.deletion_protection',
      'The database is not protected.',
    ),
    ...assertion(
      'aws_elasticache_replication_group.data_cache_group.automatic_failover_enabled',
      'The cache does not fail over.',
    ),
    ...assertion(
      'alltrue([for block in aws_launch_template.service_blue_template.metadata_options : block.http_tokens == "required"])',
      'Clones can be asked for credentials without a token.',
    ),
    '}',
    '',
    'run "takes_further_tags" {',
    '  command = plan',
    '  variables {',
    '    tags = { team = "shop" }',
    '  }',
    '',
    ...assertion('aws_vpc.network_vpc.tags["team"] == "shop"', 'A further tag is lost.'),
    ...assertion('aws_vpc.network_vpc.tags["application"] != ""', 'A tag of the topology is lost.'),
    '}',
    ...raised.flatMap(({ variable: { name }, value }) => [
      '',
      `run "refuses_to_lower_${name}" {`,
      '  command = plan',
      '  variables {',
      `    ${name} = ${Number(value) - 1}`,
      '  }',
      `  expect_failures = [var.${name}]`,
      '}',
    ]),
    '',
  ].join('\n');
}

const assertion = (condition: string, message: string): readonly string[] => [
  '  assert {',
  `    condition     = ${condition}`,
  `    error_message = "${message}"`,
  '  }',
];
