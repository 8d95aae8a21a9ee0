import { HoldfastError } from '../errors';

/**
 * Name of a resource in Terraform from its place in the construct tree: `us-east-2/service/Blue/Group/ASG` is
 * `service_blue_group_asg`. The Region is left out, so that a resource has one name in every Region.
 */
export function nameOf(path: string, region: string): string {
  const parts = path.split('/').slice(1);
  const last = parts.at(-1);
  if (last === 'Resource' || last === 'Default') parts.pop();
  // The construct of a stack is often named like the stack: `network/Network/Vpc` is `network_vpc`.
  if (parts[0] === parts[1]?.toLowerCase()) parts.shift();
  return snake(parts.map(part => withoutHash(part, region)).join('_'))
    .replace(/_+/g, '_')
    .replace(/^_|_$/g, '');
}

/** The CDK names some constructs after others, with their Region and a hash, or after their content. */
const withoutHash = (part: string, region: string): string =>
  part
    .replaceAll(region.replaceAll('-', ''), '_')
    .replace(/(?<![A-Z])[0-9A-F]{8}(?![a-z])/g, '_')
    .replace(/(?=[a-f]*\d)[0-9a-f]{10}$/, '');

/** `PublicUse2az1` and `EnableDNSSupport` as `public_use2az1` and `enable_dns_support`. */
export function snake(name: string): string {
  return name
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** Sees to it that no two resources of a type share a name. */
export class NameRegister {
  private readonly taken = new Map<string, string>();

  /** @throws HoldfastError `conflict` when another resource has the name */
  claim(address: string, source: string): void {
    const other = this.taken.get(address);
    if (other !== undefined) {
      throw new HoldfastError('conflict', 'two resources would have one name in Terraform', [
        {
          path: source,
          received: address,
          message: `is the name of ${other} too`,
          fix: 'rename a construct',
        },
      ]);
    }
    this.taken.set(address, source);
  }
}
