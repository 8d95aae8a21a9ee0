import { HoldfastError } from '../../errors';
import { below, isObject, own } from '../compare/values';
import type { Json, Unchecked } from '../model';
import { readJson } from '../read-json';

/** Stack and Region of an ARN of CloudFormation: `arn:aws:cloudformation:us-east-2:1:stack/orders-data/uuid`. */
export function placeOf(arn: Json | undefined): { readonly region: string; readonly stack: string } {
  const [, , , region = '', , resource = ''] = typeof arn === 'string' ? arn.split(':') : [];
  return { region: region || '-', stack: resource.split('/')[1] ?? '-' };
}

/** A path of JSON Pointer as a path of this engine: `/Properties/Tags/0` is `Properties.Tags[0]`. */
export function fromPointer(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, step) => (/^\d+$/.test(step) && path !== '' ? `${path}[${step}]` : below(path, step)), '');
}

/** A value that AWS gives as text: a document or list as what it is, whatever else as the text. */
export function parsedValue(text: Json | undefined): Json | undefined {
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return text;
  try {
    return readJson(text, 'a value');
  } catch (error) {
    if (error instanceof HoldfastError) return text;
    throw error;
  }
}

/** The objects of a list; whatever else stands in it is counted, since it cannot be read. */
export function objectsOf(list: Json | undefined): {
  readonly objects: readonly Json[];
  readonly others: number;
} {
  const all = Array.isArray(list) ? (list as readonly Json[]) : [];
  const objects = all.filter(each => isObject(each));
  return { objects, others: all.length - objects.length };
}

/** The text of a field, or `-`. */
export function textOf(value: Json | undefined, field: string): string {
  const text = own(value, field);
  return typeof text === 'string' && text !== '' ? text : '-';
}

/** What was left out because the document is one page of several, or holds what cannot be read. */
export function incomplete(
  document: Json,
  others: number,
  place: Omit<Unchecked, 'why' | 'fix'>,
): readonly Unchecked[] {
  const more = own(document, 'NextToken');
  return [
    ...(typeof more === 'string' && more !== ''
      ? [{ ...place, why: 'the document is one page of several', fix: 'give all pages as one document' }]
      : []),
    ...(others > 0
      ? [{ ...place, why: `${others} entries are no objects`, fix: 'give the document as AWS answers it' }]
      : []),
  ];
}
