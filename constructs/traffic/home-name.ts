import { matching, type Rule } from '../validation';

/** A home's name is a part of names in DNS and of keys. */
export function homeNameRule(path: string, name: string): Rule {
  return matching(
    path,
    name,
    /^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/,
    'use 1 to 20 letters, digits, hyphens',
  );
}
