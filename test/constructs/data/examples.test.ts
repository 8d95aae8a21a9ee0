import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { applyPolicy, readPolicyReport } from '../../../constructs';
import * as backupPlan from '../../../examples/backup-plan';
import * as cacheTier from '../../../examples/cache-tier';
import * as globalDatabase from '../../../examples/global-database';
import * as globalTable from '../../../examples/global-table';
import * as objectStore from '../../../examples/object-store';
import * as register from '../../../examples/register';
import * as shardedDatabase from '../../../examples/sharded-database';

const EXAMPLES: Readonly<Record<string, { build(app: App): Stack }>> = {
  backupPlan,
  cacheTier,
  globalDatabase,
  globalTable,
  objectStore,
  register,
  shardedDatabase,
};

describe('the examples of data', () => {
  const outdir = mkdtempSync(path.join(tmpdir(), 'holdfast-data-'));
  const app = new App({ outdir });
  for (const { build } of Object.values(EXAMPLES)) build(app);
  applyPolicy(app);

  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  test('synthesize together, and no finding of the policy pack is left', () => {
    const thrown = outcomeOf(() => app.synth());
    const report = readPolicyReport(outdir);
    expect(report.findings.map(({ rule, path: where, state }) => `${rule} ${where} ${state}`)).toEqual([]);
    expect(report.judgements.compliant).toBeGreaterThan(100);
    expect(thrown).toBeUndefined();
  });
});

function outcomeOf(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}
