import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { applyPolicy, readPolicyReport } from '../../../constructs';
import * as backupPlan from '../../../examples/backup-plan';
import * as cacheTier from '../../../examples/cache-tier';
import * as globalDatabase from '../../../examples/global-database';
import * as globalTable from '../../../examples/global-table';
import * as objectStore from '../../../examples/object-store';
import * as register from '../../../examples/register';
import * as shardedDatabase from '../../../examples/sharded-database';

const mockAcknowledged: string[] = [];
jest.mock('../../../constructs/policy/acknowledge', () => ({
  ...jest.requireActual('../../../constructs/policy/acknowledge'),
  // Written down instead of applied, so that one synth tells both what is found and what is acknowledged.
  acknowledge: (scope: IConstruct, rule: string) => mockAcknowledged.push(`${rule} ${scope.node.path}`),
}));

const EXAMPLES: readonly { build(app: App): Stack }[] = [
  backupPlan,
  cacheTier,
  globalDatabase,
  globalTable,
  objectStore,
  register,
  shardedDatabase,
];

test('in the examples of data the policy pack finds what is acknowledged, nothing more and nothing less', () => {
  const outdir = mkdtempSync(path.join(tmpdir(), 'holdfast-data-'));
  try {
    const app = new App({ outdir });
    for (const { build } of EXAMPLES) build(app);
    applyPolicy(app);
    expect(() => app.synth()).toThrow();
    const { findings, judgements } = readPolicyReport(outdir);
    expect(judgements.unknown).toBe(0);
    const found = findings.map(
      ({ rule, path: where }) => `${rule} ${where.replace(/(\/DefaultPolicy)?\/Resource$/, '')}`,
    );
    expect(found.sort()).toEqual(mockAcknowledged.sort());
    expect(found.length).toBeGreaterThan(10);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});
