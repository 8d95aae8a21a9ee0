/** The measured process: every stack compared, classified, and written in three formats. */
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DRIFT_RULES, type DriftSource, formatReport, runDrift, sourcesOf } from '../../lib/drift';

const folder = process.env.HOLDFAST_BENCH_STACKS ?? '';
const sources = readdirSync(path.join(folder, 'old')).flatMap((file): readonly DriftSource[] =>
  sourcesOf({
    before: path.join(folder, 'old', file),
    after: path.join(folder, 'new', file.replace('.json', '.template.json')),
  }),
);
const report = runDrift(sources);
if (report.counts.checked < 8_000) throw new Error(`only ${report.counts.checked} resources were compared`);
for (const format of ['md', 'sarif', 'html'] as const) {
  const text = formatReport(report, format, { rules: DRIFT_RULES, toolVersion: '0.0.0' });
  writeFileSync(path.join(folder, `drift.${format}`), text);
}
