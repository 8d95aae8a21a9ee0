import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RegisterRecord } from '../../lib/runtime/register/register';
import { buildApp } from '../../stacks';
import { example, newApp } from '../stacks/example';

const born = templatesUnder(undefined);

test.each(['us-east-2', 'us-west-2'].flatMap(region => [1, 2, 3].map(epoch => ({ region, epoch }))))(
  'law 1: with $region active at epoch $epoch the templates are those of the birth, byte for byte',
  where => {
    expect(templatesUnder({ ...where, phase: 'active' })).toEqual(born);
  },
);

test.each(['fencing', 'promoting'] as const)('law 1: nor does a move that is %s change a byte', phase => {
  expect(templatesUnder({ region: 'us-west-2', epoch: 2, phase })).toEqual(born);
});

/**
 * Templates by stack, synthesized where everything that an app could look at says what the register says: environment
 * and context. An app has no other way: it opens no connection while it synthesizes.
 */
function templatesUnder(record: RegisterRecord | undefined): Readonly<Record<string, string>> {
  const kept = { ...process.env };
  Object.assign(process.env, record === undefined ? {} : environmentOf(record));
  const outdir = mkdtempSync(path.join(tmpdir(), 'holdfast-no-op-'));
  try {
    const app = newApp(outdir);
    for (const [key, value] of Object.entries(record ?? {})) app.node.setContext(key, value);
    if (record !== undefined) app.node.setContext('register', record);
    const stages = buildApp(app, example());
    const assembly = app.synth();
    const stacks = stages.flatMap(stage => assembly.getNestedAssembly(stage.artifactId).stacks);
    expect(stacks).toHaveLength(12);
    return Object.fromEntries(
      stacks.map(stack => [stack.hierarchicalId, readFileSync(stack.templateFullPath, 'utf8')]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
    for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
    Object.assign(process.env, kept);
  }
}

function environmentOf({ region, epoch, phase }: RegisterRecord): Readonly<Record<string, string>> {
  const regions = ['AWS_REGION', 'AWS_DEFAULT_REGION', 'CDK_DEFAULT_REGION', 'HOLDFAST_ACTIVE_REGION'];
  return {
    ...Object.fromEntries(regions.map(name => [name, region])),
    HOLDFAST_EPOCH: String(epoch),
    HOLDFAST_PHASE: phase,
  };
}
