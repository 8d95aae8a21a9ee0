import { z } from 'zod';
import { HoldfastError } from '../../errors';
import { CLASSES, type DriftReport } from '../model';
import { readJsonFile } from '../read-json';
import { reportOf } from '../verdict';

const count = z.int().min(0);
const finding = z.object({
  id: z.string().min(1),
  rule: z.string().min(1),
  class: z.enum(CLASSES),
  region: z.string(),
  stack: z.string(),
  resource: z.string(),
  type: z.string(),
  action: z.enum([
    ...(['none', 'create', 'update', 'delete', 'replace', 'may-replace', 'move', 'import'] as const),
    ...(['forget', 'read', 'unrecognized'] as const),
  ]),
  path: z.string(),
  why: z.string(),
  fix: z.string(),
});
const document = z.object({
  version: z.literal(1),
  counts: z.object({ checked: count }),
  findings: z.array(finding),
  stacks: z.array(z.object({ region: z.string(), stack: z.string() })).optional(),
  ignored: z.array(finding.extend({ reason: z.string(), owner: z.string(), expires: z.string() })).optional(),
});

/**
 * A report that a run has left. Its verdict and its counts are taken again from its findings, so that a file that was
 * changed by hand cannot say `clean` over a danger.
 *
 * @throws HoldfastError `invalid-input` for a file that is no report
 */
export function readReport(file: string): DriftReport {
  const read = document.safeParse(readJsonFile(file));
  if (read.success) {
    const { counts, findings, ignored, stacks } = read.data;
    return reportOf(counts.checked, findings, ignored, stacks);
  }
  const problems = read.error.issues.slice(0, 10).map(issue => ({
    path: `${file}: ${issue.path.join('.') || 'document'}`,
    message: issue.message.toLowerCase(),
    fix: 'give what holdfast drift --format json has written',
  }));
  throw new HoldfastError('invalid-input', `${file} is no drift report`, problems);
}
