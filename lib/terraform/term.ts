import { createHash } from 'node:crypto';

/** Values of a Terraform configuration, and how they are written: as JSON, or as an expression within it. */

/** A piece of Terraform's language: `aws_vpc.network_vpc.id`. */
export class Expression {
  constructor(readonly code: string) {}
}

/** The CloudFormation stack itself, which has no counterpart: whoever speaks of it must be left out. */
export const CLOUDFORMATION_STACK = new Expression('cloudformation_stack');

/** Whether the stack is spoken of anywhere in a value. */
export function speaksOfStack(term: Term): boolean {
  if (term === CLOUDFORMATION_STACK) return true;
  if (term instanceof Interpolation) return term.parts.includes(CLOUDFORMATION_STACK);
  if (term instanceof Expression) return term.code.includes(CLOUDFORMATION_STACK.code);
  return typeof term === 'object' && term !== null && Object.values(term).some(speaksOfStack);
}

/** Text with expressions in it. */
export class Interpolation {
  constructor(readonly parts: readonly (string | Expression)[]) {}
}

/** The place of a zip that synth writes: small files of their own, which CloudFormation takes as text. */
export class ZippedText extends Interpolation {
  /** Path in the Region's folder. */
  readonly path: string;

  /** @param files text by path in the zip */
  constructor(readonly files: Readonly<Record<string, string>>) {
    const path = `assets/${createHash('sha256').update(JSON.stringify(files)).digest('hex')}.zip`;
    super([new Expression('path.module'), `/${path}`]);
    this.path = path;
  }
}

/** A value: plain data, in which expressions may stand anywhere. */
export type Term =
  | null
  | boolean
  | number
  | string
  | Expression
  | Interpolation
  | readonly Term[]
  | { readonly [key: string]: Term };

/** Arguments of a block. */
export type Arguments = Readonly<Record<string, Term>>;

/** Arguments of which some may turn out to be absent. */
export type Draft = Readonly<Record<string, Term | undefined>>;

/** What is there of a draft. */
export function present(draft: Draft): Arguments {
  const entries = Object.entries(draft).filter((entry): entry is [string, Term] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Whether a value is an object of arguments. */
export const isRecord = (term: Term | undefined): term is Arguments =>
  typeof term === 'object' &&
  term !== null &&
  !Array.isArray(term) &&
  !(term instanceof Expression) &&
  !(term instanceof Interpolation);

/** Text from parts; neighbouring texts become one, and a lone expression stays one. */
export function textOf(
  parts: readonly (string | Expression | Interpolation)[],
): string | Expression | Interpolation {
  const flat: (string | Expression)[] = [];
  for (const part of parts.flatMap(each => (each instanceof Interpolation ? each.parts : [each]))) {
    const last = flat.at(-1);
    if (typeof part === 'string' && typeof last === 'string') flat[flat.length - 1] = last + part;
    else if (part !== '') flat.push(part);
  }
  const [only] = flat;
  if (only === undefined) return '';
  return flat.length === 1 ? only : new Interpolation(flat);
}

/** A value as Terraform's JSON syntax takes it: strings are templates, so what is plain text is escaped. */
export function toJson(term: Term): Json {
  if (typeof term === 'string') return escapeTemplate(term);
  if (term instanceof Expression) return `\${${term.code}}`;
  if (term instanceof Interpolation) {
    return term.parts
      .map(part => (typeof part === 'string' ? escapeTemplate(part) : `\${${part.code}}`))
      .join('');
  }
  if (Array.isArray(term)) return term.map(toJson);
  if (isRecord(term)) {
    return Object.fromEntries(Object.entries(term).map(([key, value]) => [key, toJson(value)]));
  }
  return term as null | boolean | number;
}

/** A value as an expression: what stands between `${` and `}`. */
export function toCode(term: Term): string {
  if (term instanceof Expression) return term.code;
  if (term instanceof Interpolation) {
    const inside = term.parts.map(part => (typeof part === 'string' ? quotable(part) : `\${${part.code}}`));
    return `"${inside.join('')}"`;
  }
  if (typeof term === 'string') return `"${quotable(term)}"`;
  if (Array.isArray(term)) return `[${term.map(toCode).join(', ')}]`;
  if (isRecord(term)) {
    const entries = Object.entries(term).map(([key, value]) => `"${quotable(key)}": ${toCode(value)}`);
    return `{${entries.join(', ')}}`;
  }
  return String(term);
}

/** A document, such as a policy: kept as data and written by `jsonencode`, so that plans show what changes in it. */
export const jsonencode = (term: Term): Expression => new Expression(`jsonencode(${toCode(term)})`);

/** `${` and `%{` begin a template wherever Terraform reads a string. */
const escapeTemplate = (text: string): string => text.replace(/\$\{/g, '$$$${').replace(/%\{/g, '%%{');

/** Text within quotes of the language; JSON's escapes are its own, save two. */
const quotable = (text: string): string =>
  escapeTemplate(JSON.stringify(text).slice(1, -1)).replace(/\\b/g, '\\u0008').replace(/\\f/g, '\\u000c');
