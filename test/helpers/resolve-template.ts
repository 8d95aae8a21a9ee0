/** Values of a template's references: parameters and logical ids by name, attributes as `Id.Attribute`. */
export type References = Readonly<Record<string, string>>;

/**
 * The text that CloudFormation makes of a value of a template. Anything unknown gets a name of its own, in one shape
 * for all (`unknown-<reference>`), so that a value which matters is seen to be missing.
 */
export function resolveText(value: unknown, references: References): string {
  if (typeof value === 'string') return value;
  const [[name, argument] = ['', undefined]] = Object.entries(value as Readonly<Record<string, unknown>>);
  const resolve = (part: unknown): string => resolveText(part, references);
  if (name === 'Fn::Base64') return resolve(argument);
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map(resolve).join(separator);
  }
  if (name === 'Ref' || name === 'Fn::GetAtt' || name === 'Fn::ImportValue') {
    const reference = Array.isArray(argument) ? argument.map(resolve).join('.') : resolve(argument);
    return references[reference] ?? `unknown-${reference.toLowerCase().replace(/[^a-z0-9]/g, '-')}`;
  }
  throw new Error(`no text for ${JSON.stringify(value)}`);
}
