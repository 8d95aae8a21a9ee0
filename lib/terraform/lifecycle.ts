import type { TemplateResource } from './template';
import type { Arguments } from './term';
import type { Lifecycle } from './terraform-block';

/**
 * What the run time owns and no plan may take back (laws 1 and 4): listener weights, capacity floors, and which member
 * of a global database or cache writes. Nothing else is ignored, so that drift is seen.
 */
export const LIVE_ARGUMENTS: Readonly<Record<string, readonly LiveArgument[]>> = {
  aws_lb_listener: [
    {
      argument: 'default_action[0].forward[0].target_group',
      why: 'the weights of blue and green',
      when: args => JSON.stringify(args.default_action ?? null).includes('"weight"'),
    },
  ],
  aws_autoscaling_group: [{ argument: 'min_size', why: 'the floor of capacity' }],
  aws_rds_cluster: [
    { argument: 'replication_source_identifier', why: 'which member of the global database writes' },
  ],
};

/** An argument that the run time owns. */
export interface LiveArgument {
  readonly argument: string;
  readonly why: string;
  /** @default - every resource of the type */
  readonly when?: (args: Arguments) => boolean;
}

/** What is replaced while others still use the old one. */
const REPLACED_IN_USE = new Set([
  'aws_acm_certificate',
  'aws_api_gateway_deployment',
  'aws_appconfig_deployment',
  'aws_appconfig_hosted_configuration_version',
]);

/** Lifecycle of a resource: what CloudFormation would retain may not be destroyed, what is live is left alone. */
export function lifecycleOf(type: string, args: Arguments, resource: TemplateResource): Lifecycle {
  const live = (LIVE_ARGUMENTS[type] ?? []).filter(({ when }) => when === undefined || when(args));
  return {
    preventDestroy: resource.DeletionPolicy?.startsWith('Retain') ?? false,
    createBeforeDestroy: REPLACED_IN_USE.has(type),
    ignoreChanges: live.map(({ argument }) => argument),
  };
}
