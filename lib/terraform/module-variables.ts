import type { Term } from './term';
import type { TerraformBlock } from './terraform-block';

/** An input of a module: what a team may choose without leaving what the topology promises. */
export interface ModuleVariable {
  readonly name: string;
  readonly description: string;
  readonly type: 'string' | 'number';
  /** Argument that it sets. */
  readonly argument: string;
  /** Whether it sets the argument of that block. */
  readonly sets: (block: TerraformBlock) => boolean;
  /** Whether it may only be raised. @default false */
  readonly least?: boolean;
}

const of = (type: string, name?: RegExp) => (block: TerraformBlock) =>
  block.type === type && (name?.test(block.name) ?? true);

const CLONES = /^service_(blue|green)_/;
const WORKERS = /^service_workers_/;

/** Inputs of a Region's module, beside `tags`. Defaults are the topology's. */
export const MODULE_VARIABLES: readonly ModuleVariable[] = [
  {
    name: 'image_parameter',
    description: 'Parameter of Systems Manager that names the image of clones and workers',
    type: 'string',
    argument: 'name',
    sets: ({ kind, type }) => kind === 'data' && type === 'aws_ssm_parameter',
  },
  {
    name: 'clone_instance_type',
    description: 'Instance type of the clones; one that serves fewer requests breaks the promised capacity',
    type: 'string',
    argument: 'instance_type',
    sets: of('aws_launch_template', CLONES),
  },
  {
    name: 'worker_instance_type',
    description: 'Instance type of the workers',
    type: 'string',
    argument: 'instance_type',
    sets: of('aws_launch_template', WORKERS),
  },
  {
    name: 'clone_maximum',
    description: 'Clones of one colour at most',
    type: 'number',
    argument: 'max_size',
    sets: of('aws_autoscaling_group', CLONES),
    least: true,
  },
  {
    name: 'database_instance_class',
    description:
      'Class of the database instances; the same in every Region, or a failover changes what is served',
    type: 'string',
    argument: 'instance_class',
    sets: of('aws_rds_cluster_instance'),
  },
  {
    name: 'database_backup_days',
    description: 'Days for which backups of the database are kept',
    type: 'number',
    argument: 'backup_retention_period',
    sets: of('aws_rds_cluster'),
    least: true,
  },
  {
    name: 'cache_node_type',
    description: 'Type of the cache nodes',
    type: 'string',
    argument: 'node_type',
    sets: of('aws_elasticache_replication_group'),
  },
];

/** The values of an argument that a variable would take the place of. */
export const valuesOf = (variable: ModuleVariable, blocks: readonly TerraformBlock[]): readonly Term[] =>
  blocks.filter(variable.sets).map(({ arguments: args }) => args[variable.argument] ?? null);
