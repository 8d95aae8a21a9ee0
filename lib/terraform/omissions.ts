/** What the CDK's side has and Terraform's has not, each with its reason. */

/** A resource, or a part of the construct tree, that is left out. */
export interface Omission {
  /** Pattern of the construct path, without the Region. */
  readonly path: RegExp;
  /** @default - every type under the path */
  readonly type?: string;
  readonly reason: string;
}

/** Read by docs/terraform.md's table, which a test holds to it. */
export const OMISSIONS: readonly Omission[] = [
  {
    path: /^operations\/Interlock\//,
    reason: 'a hook judges what CloudFormation does; before an apply, `holdfast interlock status` is asked',
  },
  {
    path: /^service\/LiveSettings\/(StackEvents|ResourceEvents)\//,
    reason:
      'events of a CloudFormation stack; an apply resets no live setting, so there is nothing to put back',
  },
];

/** Why a resource is left out, or `undefined` for one that is not. */
export function omission(path: string, type: string): Omission | undefined {
  const inRegion = path.split('/').slice(1).join('/');
  return OMISSIONS.find(each => each.path.test(inRegion) && (each.type ?? type) === type);
}
