import { getAttOf, intrinsicOf } from '../compare/values';
import type { Json } from '../model';
import { canonical } from '../paths';

/**
 * A pattern of IAM as its symbols: `*` and `?` are wildcards, other symbols of one character stand for themselves,
 * and longer ones are tokens, texts that are known at deploy only.
 */
export type Glob = readonly string[];

/** What is known of the tokens of a template. */
export interface TokenContext {
  /** Logical ids of resources: two of them never have the same name. Whatever else is a parameter. */
  readonly isResource: (id: string) => boolean;
  /** `-` where it is not known. */
  readonly region: string;
}

/** A symbol that is known at deploy only. */
export const isToken = (symbol: string): boolean => symbol.length > 1;

/** A symbol that stands for itself although its character is a wildcard. */
export const literal = (character: string): string =>
  character === '*' || character === '?' ? `\${${character}}` : character;

/** The pattern that a value of a policy is; `undefined` for what is no text. */
export function globOf(value: Json, context: TokenContext): Glob | undefined {
  if (typeof value === 'string') return symbolsOf(value);
  if (typeof value === 'number' || typeof value === 'boolean') return symbolsOf(String(value));
  const intrinsic = intrinsicOf(value);
  if (intrinsic === undefined) return undefined;
  const [name, argument] = intrinsic;
  if (name === 'Ref' && typeof argument === 'string') return refOf(argument, context);
  if (name === 'Fn::GetAtt') {
    const attribute = getAttOf(argument);
    if (attribute !== undefined) return [tokenOf(`${attribute[0]}.${String(attribute[1])}`)];
  }
  if (name === 'Fn::Join') return joined(argument, context) ?? [canonical(value)];
  if (name === 'Fn::Sub' && typeof argument === 'string') return substituted(argument, context);
  return [canonical(value)];
}

/** Whether a token is a name or attribute of a resource of the template. */
export const isResourceToken = (symbol: string, context: TokenContext): boolean =>
  symbol.startsWith('{@') && context.isResource(ownerOf(symbol));

/** Whether two symbols are never equal: names of two resources. */
export const differ = (left: string, right: string, context: TokenContext): boolean =>
  isResourceToken(left, context) && isResourceToken(right, context) && ownerOf(left) !== ownerOf(right);

const ownerOf = (symbol: string): string => symbol.slice(2, -1).split('.')[0] ?? '';

const tokenOf = (reference: string): string => `{@${reference}}`;

function symbolsOf(text: string): Glob {
  // Variables of IAM, such as `${aws:username}`, are tokens of the request.
  return text
    .split(/(\$\{[^{}]*\})/)
    .flatMap(part => (/^\$\{[^{}]*\}$/.test(part) ? [part.toLowerCase()] : part.split('')));
}

function refOf(name: string, { region }: TokenContext): Glob {
  if (region !== '-' && name === 'AWS::Region') return region.split('');
  if (region !== '-' && name === 'AWS::Partition') return partitionOf(region).split('');
  return [tokenOf(name)];
}

/** The partition of a Region, by its prefix. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function joined(argument: Json, context: TokenContext): Glob | undefined {
  const [separator, list] = Array.isArray(argument) ? (argument as readonly Json[]) : [];
  if (typeof separator !== 'string' || !Array.isArray(list)) return undefined;
  const symbols: string[] = [];
  for (const [index, item] of (list as readonly Json[]).entries()) {
    const glob = globOf(item, context);
    if (glob === undefined) return undefined;
    symbols.push(...(index === 0 ? [] : symbolsOf(separator)), ...glob);
  }
  return symbols;
}

function substituted(text: string, context: TokenContext): Glob {
  return text.split(/(\$\{[^{}]*\})/).flatMap(part => {
    const name = /^\$\{([^{}]*)\}$/.exec(part)?.[1];
    if (name === undefined) return part.split('');
    if (name.startsWith('!')) return symbolsOf(`\${${name.slice(1)}}`);
    return name.includes('.') ? [tokenOf(name)] : refOf(name, context);
  });
}
