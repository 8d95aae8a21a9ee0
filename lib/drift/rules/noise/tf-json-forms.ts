import type { DriftRule } from '../../classify/rule';
import type { Json } from '../../model';
import { canonical } from '../../paths';
import { readJson } from '../../read-json';
import { isTerraform } from '../tf-values';
import { atPaths } from '../values';

function documentOf(value: Json | undefined): string | undefined {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return undefined;
  try {
    return canonical(readJson(value, 'value'));
  } catch {
    return undefined;
  }
}

/** Two texts of one JSON document. */
export const tfJsonForms: DriftRule = {
  id: 'tf-json-forms',
  class: 'noise',
  title: 'a JSON text is written in another form',
  why: 'blanks and the order of keys differ, and the documents are the same',
  fix: 'nothing; jsonencode writes one form always',
  source: 'Terraform, jsonencode function; RFC 8259, objects',
  judge: change =>
    isTerraform(change)
      ? atPaths(
          change.differences.filter(({ before, after }) => {
            const old = documentOf(before);
            return old !== undefined && old === documentOf(after);
          }),
        )
      : undefined,
};
