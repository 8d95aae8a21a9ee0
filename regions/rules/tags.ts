import type { Problem } from '../../lib/errors';
import type { Draft } from '../draft';
import { formatPath } from '../problems';

/** A resource takes 50 tags, and the CDK, constructs and AWS add theirs. */
const MOST_TAGS = 40;
/** Form of a name (AWS Resource Groups Tagging API, tag naming limits). */
const NAME = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;

/** Tags that the blueprint sets: one `Name` for all would take theirs from subnets and health checks. */
const OWN = ['application', 'Name'];

/** Names of tags that every service takes, and none that is given already. */
export function tagProblems({ tags }: Draft): readonly Problem[] {
  const many: Problem = {
    path: 'tags',
    received: tags.length,
    message: 'are more than fit beside those of AWS and of the constructs',
    fix: `give ${MOST_TAGS} at most`,
  };
  return [...(tags.length > MOST_TAGS ? [many] : []), ...tags.flatMap(nameProblems)];
}

function nameProblems(name: string): readonly Problem[] {
  const problem = { path: formatPath(['tags', name]), received: name };
  if (!NAME.test(name)) {
    const fix = 'use 1 to 128 letters, digits, spaces and the signs _ . : / = + - @';
    return [{ ...problem, message: 'is a name that AWS refuses', fix }];
  }
  if (/^aws:/i.test(name)) {
    return [
      { ...problem, message: 'begins with aws:, which AWS keeps for itself', fix: 'use another prefix' },
    ];
  }
  if (!OWN.includes(name) && !name.startsWith('holdfast:')) return [];
  return [{ ...problem, message: 'is a tag that the blueprint sets itself', fix: 'use another name' }];
}
