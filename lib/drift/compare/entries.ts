import type { Action, Difference, Json } from '../model';
import { isObject, own } from './values';

/** Where two templates stand. */
export interface TemplatePlace {
  readonly region: string;
  readonly stack: string;
}

/** Entries of a part of a template by their names. */
export type Entries = ReadonlyMap<string, Json>;

/** The entries of a part. */
export const entriesOf = (part: Json | undefined): Entries =>
  new Map(isObject(part) ? Object.entries(part) : []);
/** Type of a resource, if it has one. */
export const typeOf = (resource: Json | undefined): string | undefined => {
  const type = own(resource, 'Type');
  return typeof type === 'string' ? type : undefined;
};

/** What the differences of a resource do to it. */
export function actionOf(differences: readonly Difference[]): Action {
  if (differences.some(({ replaces }) => replaces === 'yes')) return 'replace';
  return differences.some(({ replaces }) => replaces === 'perhaps') ? 'may-replace' : 'update';
}
