import type { DriftRule } from '../../classify/rule';
import type { Json } from '../../model';
import { canonical } from '../../paths';
import { atPaths } from '../values';

/** Where tools write the digest of a file that they have staged. */
const PLACES =
  /(?:^|\.)(?:S3Key|S3ObjectKey|Code|Content|ContentUri|CodeUri|ImageUri|Image|Location|ScriptLocation|SourceObjectKeys|TemplateURL|BuildSpec)(?:[.[]|$)|^Metadata\."?aws:asset:/;
/** SHA-256 as the CDK names its assets, and the MD5 that `aws cloudformation package` uses. */
const HASH = /(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{32})(?![0-9a-f])/g;

const masked = (value: Json | undefined): string => canonical(value).replaceAll(HASH, '#');

/** The digest of a staged file changes whenever the file does, and often when it does not. */
export const assetHash: DriftRule = {
  id: 'asset-hash',
  class: 'noise',
  title: 'only the digest of a staged file changes',
  why: 'a build gives code a new digest; nothing else of the resource changes',
  fix: 'review the code itself; pin the toolchain where digests change without a change of code',
  source: 'karlderkaefer/cdk-notifier#149; aws/aws-cdk#13468',
  // Regions that run other code, or say other words, do differ.
  judge: change =>
    change.source === 'parity'
      ? undefined
      : atPaths(
          change.differences.filter(({ path, before, after }) => {
            if (before === undefined || after === undefined || !PLACES.test(path)) return false;
            const text = masked(before);
            return text.includes('#') && text !== canonical(before) && text === masked(after);
          }),
        ),
};
