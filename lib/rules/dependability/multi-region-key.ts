import { broken, COMPLIANT, type Rule, unknown } from '../rule';
import { isHidden, isTrue } from '../value';

const PATH = 'Properties.MultiRegion';

/** Whether a key is a multi-Region key is settled for life. */
export const multiRegionKey: Rule = {
  id: 'MultiRegionKey',
  title: 'a multi-Region key is one for life, and outlives its replacement',
  why: 'a change of MultiRegion replaces the key, and what the old one encrypted cannot be read once it is deleted',
  fix: 'write MultiRegion as true or false, and never change it; set UpdateReplacePolicy and DeletionPolicy to Retain; prefer a key of its own in each Region',
  source: 'aws-cdk #15257',
  types: ['AWS::KMS::Key'],
  evaluate: key => {
    const multiRegion = key.at(PATH);
    if (isHidden(multiRegion)) return unknown(PATH);
    const kept =
      /^Retain(ExceptOnCreate)?$/.test(String(key.raw.DeletionPolicy)) &&
      key.raw.UpdateReplacePolicy === 'Retain';
    return !isTrue(multiRegion) || kept ? COMPLIANT : broken(PATH);
  },
};
