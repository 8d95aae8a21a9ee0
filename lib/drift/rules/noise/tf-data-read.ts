import type { DriftRule } from '../../classify/rule';

/** Reading changes nothing; what depends on it is told by itself. */
export const tfDataRead: DriftRule = {
  id: 'tf-data-read',
  class: 'noise',
  title: 'a data source is read while the plan is applied',
  why: 'reading changes nothing; whatever depends on the result is told where it stands',
  fix: 'nothing',
  source: 'Terraform, data sources; JSON output format, read_because_config_unknown',
  judge: ({ source, action }) => (source === 'terraform' && action === 'read' ? { holds: 'yes' } : undefined),
};
