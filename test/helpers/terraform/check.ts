import { type AttributeSchema, type BlockSchema, schemaOf } from './bindings';

/** A body of a block in Terraform's JSON. */
export type Body = Readonly<Record<string, unknown>>;

const META = new Set(['//', 'depends_on', 'lifecycle', 'provider', 'count', 'for_each', 'provisioner']);

/** What of a block does not fit the provider's bindings, each with its place. */
export function misfits(
  kind: 'resource' | 'data',
  type: string,
  name: string,
  body: Body,
): readonly string[] {
  if (type === 'terraform_data') return [];
  const schema = schemaOf(type, kind);
  if (schema === undefined) return [`${type}: no such ${kind} in the bindings`];
  return misfitsOf(schema, body, `${type}.${name}`);
}

function misfitsOf(schema: BlockSchema, body: Body, at: string): readonly string[] {
  const found: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (META.has(name)) continue;
    const attribute = schema.attributes[name];
    const nested = schema.blocks[name];
    if (nested !== undefined) {
      const list = Array.isArray(value) ? value : [value];
      if (nested.most === 1 && list.length > 1) found.push(`${at}.${name}: stands once at most`);
      for (const each of list) found.push(...misfitsOf(nested.block, each as Body, `${at}.${name}`));
    } else if (attribute === undefined) found.push(`${at}.${name}: unknown`);
    else if (!attribute.required && !attribute.optional)
      found.push(`${at}.${name}: is the provider's to say`);
    else if (!fits(attribute, value))
      found.push(`${at}.${name}: ${JSON.stringify(value)} is no ${attribute.type}`);
  }
  for (const [name, { required }] of [
    ...Object.entries(schema.attributes),
    ...Object.entries(schema.blocks),
  ]) {
    if (required && body[name] === undefined) found.push(`${at}.${name}: missing`);
  }
  return found;
}

function fits({ type }: AttributeSchema, value: unknown): boolean {
  if (typeof value === 'string' && value.includes('${')) return true;
  if (type === 'string') return ['string', 'number', 'boolean'].includes(typeof value);
  if (type === 'number') return typeof value === 'number';
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'dynamic') return true;
  const [shape] = type;
  return shape === 'list' || shape === 'set'
    ? Array.isArray(value)
    : typeof value === 'object' && !Array.isArray(value);
}
