import type { DriftRule } from '../../classify/rule';

/** Outputs are what other configurations read. */
export const tfOutput: DriftRule = {
  id: 'tf-output',
  class: 'change',
  title: 'an output changes',
  why: 'who reads it, by a remote state or in a pipeline, gets another value',
  fix: 'look who reads it',
  source: 'hashicorp/terraform#28975; opentofu/opentofu#321',
  types: ['output'],
  judge: ({ source, action, differences }) => {
    if (source !== 'terraform') return undefined;
    const paths = differences.length === 0 ? {} : { paths: differences.map(({ path }) => path) };
    if (action === 'create') return { holds: 'yes', ...paths, why: 'a new output is written' };
    if (action === 'delete') return { holds: 'yes', ...paths, why: 'the output goes: who reads it fails' };
    const later = differences.some(({ unknownAfter }) => unknownAfter === true);
    return {
      holds: 'yes',
      ...paths,
      ...(later ? { why: 'its value follows when the plan is applied' } : {}),
    };
  },
};
