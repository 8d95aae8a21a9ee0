import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { birthWaves, readAssembly, type StackReference } from '../../lib/lab/deploy';
import { loadTopology } from '../../regions';
import orders from '../../regions/examples/orders';
import { buildApp } from '../../stacks';

/** A template of the example, in the order of birth. */
export interface ExampleStack extends StackReference {
  readonly body: string;
  /** Types of its resources. */
  readonly types: readonly string[];
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
}

/** Synthesizes the example in this process; its folder is gone when this returns. */
export function exampleStacks(): readonly ExampleStack[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-synth-'));
  try {
    const app = new App({ outdir: folder });
    buildApp(app, loadTopology(orders));
    app.synth();
    const waves = birthWaves(readAssembly(folder), { application: 'orders', homes: [{ seed: 'us-east-2' }] });
    return waves
      .flatMap(wave => wave.stacks)
      .map(stack => {
        const template = JSON.parse(readFileSync(stack.template, 'utf8')) as Template;
        return {
          ...stack,
          body: JSON.stringify(template),
          types: Object.values(template.Resources).map(resource => resource.Type),
        };
      });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
