import type { Arguments } from './term';

/** What Terraform is told about the life of a resource. */
export interface Lifecycle {
  /** A plan that would destroy it fails. */
  readonly preventDestroy: boolean;
  /** A new one comes before the old one goes. */
  readonly createBeforeDestroy: boolean;
  /** Arguments that the run time owns. */
  readonly ignoreChanges: readonly string[];
}

/** Nothing that Terraform would not do anyway. */
export const NO_LIFECYCLE: Lifecycle = {
  preventDestroy: false,
  createBeforeDestroy: false,
  ignoreChanges: [],
};

/** One block of a configuration. */
export interface TerraformBlock {
  readonly kind: 'resource' | 'data' | 'ephemeral';
  readonly type: string;
  readonly name: string;
  readonly arguments: Arguments;
  readonly dependsOn: readonly string[];
  readonly lifecycle: Lifecycle;
  /** Place in the construct tree of the CDK's side: `us-east-2/network/Network/Vpc/Resource`. */
  readonly path?: string;
}

/** How the block is addressed: `aws_vpc.network_vpc`. */
export const addressOf = ({ kind, type, name }: TerraformBlock): string =>
  `${kind === 'resource' ? '' : `${kind}.`}${type}.${name}`;

/** Everything that stands within the block; a comment says where it comes from. */
export function bodyOf({ arguments: args, dependsOn, lifecycle, path }: TerraformBlock): Arguments {
  const { ignoreChanges, preventDestroy, createBeforeDestroy } = lifecycle;
  const life = {
    ...(createBeforeDestroy ? { create_before_destroy: true } : {}),
    ...(ignoreChanges.length > 0 ? { ignore_changes: ignoreChanges } : {}),
    ...(preventDestroy ? { prevent_destroy: true } : {}),
  };
  return {
    ...(path === undefined ? {} : { '//': path }),
    ...args,
    ...(dependsOn.length > 0 ? { depends_on: dependsOn } : {}),
    ...(Object.keys(life).length > 0 ? { lifecycle: life } : {}),
  };
}
