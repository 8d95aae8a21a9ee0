import type { DriftRule } from '../../classify/rule';
import { isObject } from '../../compare/values';
import type { Json } from '../../model';
import { canonical } from '../../paths';
import { readJson } from '../../read-json';

/** The content without what the service writes into each flag. */
function bare(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(bare);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== '_createdAt' && key !== '_updatedAt');
  return Object.fromEntries(kept.map(([key, item]) => [key, bare(item)]));
}

function contentOf(value: Json | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return canonical(bare(readJson(value, 'content')));
  } catch {
    return undefined;
  }
}

/** A version of flags that differs in its times alone would be replaced with every plan. */
export const tfConfigTimestamps: DriftRule = {
  id: 'tf-config-timestamps',
  class: 'noise',
  title: 'a version of flags differs in what the service wrote into it',
  why: 'AppConfig adds _createdAt and _updatedAt to each flag; the flags themselves are the same',
  fix: 'put content under ignore_changes, or give it with the times that the service has written',
  source: 'hashicorp/terraform-provider-aws#44847; hashicorp/terraform-provider-aws#20273',
  types: ['aws_appconfig_hosted_configuration_version'],
  explainsReplacement: true,
  judge: change => {
    const known = change.differences.filter(({ unknownAfter }) => unknownAfter !== true);
    const [content, ...others] = known;
    if (content?.path !== 'content' || others.length > 0) return undefined;
    const [before, after] = [contentOf(content.before), contentOf(content.after)];
    return before !== undefined && before === after ? { holds: 'yes' } : undefined;
  },
};
