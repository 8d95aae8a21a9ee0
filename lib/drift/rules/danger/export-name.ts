import { intrinsicOf } from '../../compare/values';
import type { Json, Place } from '../../model';
import { canonical } from '../../paths';

/** Stands where a text is known at deploy only. */
const OPEN = '\u0000';
/** Letters of a name that must be known before an open one is held against it. */
const ENOUGH = 4;

/** How certainly two names are one. */
export type SameName = 'no' | 'perhaps' | 'yes';

/** The name of an export or import as it is written in a stack: with the stack's own name and Region put in. */
export function exportName(value: Json | undefined, place: Pick<Place, 'region' | 'stack'>): string {
  return textOf(value, place) ?? canonical(value);
}

/** Whether an import, as it is written in its stack, is of that export. */
export function namesExport(written: string, name: string): SameName {
  if (written === name && !written.includes(OPEN)) return 'yes';
  if (written.replaceAll(OPEN, '').length < ENOUGH || !`${written}${name}`.includes(OPEN)) return 'no';
  return matches(written, name) || matches(name, written) ? 'perhaps' : 'no';
}

/** Whether a name with open parts may be the other one. */
function matches(open: string, name: string): boolean {
  const parts = open.split(OPEN);
  if (parts.length === 1 || !name.startsWith(parts[0] ?? '') || !name.endsWith(parts.at(-1) ?? ''))
    return false;
  let from = 0;
  return parts.every(part => {
    const at = name.indexOf(part, from);
    from = at + part.length;
    return at !== -1;
  });
}

function textOf(value: Json | undefined, place: Pick<Place, 'region' | 'stack'>): string | undefined {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === 'Ref') return reference(argument, place);
  if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) {
    return (argument[1] as readonly Json[])
      .map(each => textOf(each, place) ?? OPEN)
      .join(String(argument[0]));
  }
  if (name !== 'Fn::Sub') return undefined;
  const text = Array.isArray(argument) ? argument[0] : argument;
  if (typeof text !== 'string') return undefined;
  return text.replaceAll(/\$\{([^}]*)\}/g, (_all, inner: string) => reference(inner, place));
}

function reference(target: Json | undefined, { region, stack }: Pick<Place, 'region' | 'stack'>): string {
  if (target === 'AWS::StackName' && stack !== '-') return stack;
  return target === 'AWS::Region' && region !== '-' ? region : OPEN;
}
