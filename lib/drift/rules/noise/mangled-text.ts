import type { DriftRule } from '../../classify/rule';
import type { Json } from '../../model';
import { canonical } from '../../paths';
import { atPaths } from '../values';

// biome-ignore lint/suspicious/noControlCharactersInRegex: all that is ASCII
const BY_CHARACTER = /[^\x00-\x7f]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: all that is ASCII
const BY_UNIT = /[^\x00-\x7f]/g;

/** Whether `stored` is what CloudFormation gives back of `text`: a question mark for each character beyond ASCII. */
function isMangled(stored: Json | undefined, text: Json | undefined): boolean {
  if (stored === undefined || text === undefined) return false;
  const [old, next] = [canonical(stored), canonical(text)];
  if (next.replaceAll(BY_UNIT, '') === next) return false;
  return next.replaceAll(BY_CHARACTER, '?') === old || next.replaceAll(BY_UNIT, '?') === old;
}

/** CloudFormation forgets what is not ASCII when it gives a template back. */
export const mangledText: DriftRule = {
  id: 'mangled-text',
  class: 'noise',
  title: 'a text came back with question marks for what is not ASCII',
  why: 'CloudFormation gives back `?` for each character beyond ASCII, so most likely nothing changes; never import from such a template',
  fix: 'write such texts in ASCII, or as `\\u` escapes in a file that the template refers to',
  source: 'aws/aws-cdk#10523; aws/aws-cdk#38708',
  // Regions that say other words do differ.
  judge: change =>
    change.source === 'parity'
      ? undefined
      : atPaths(change.differences.filter(({ before, after }) => isMangled(before, after))),
};
