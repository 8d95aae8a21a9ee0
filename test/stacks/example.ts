import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { loadTopology, type ResolvedTopology } from '../../regions';
import orders from '../../regions/examples/orders';
import { buildApp, RegionStage } from '../../stacks';

const { context } = JSON.parse(readFileSync(path.join(__dirname, '../../cdk.json'), 'utf8'));

/** The example topology, with changes. */
export const example = (change: object = {}): ResolvedTopology => loadTopology({ ...orders, ...change });

/** A template with what the tests ask of it. */
export interface Template {
  readonly text: string;
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
  >;
}

/** Templates of an app by Region and layer, such as `us-east-2/data`. */
export type Templates = Readonly<Record<string, Template>>;

/** An app as `cdk.json` configures it, which writes to a folder of its own and leaves artifacts where they are. */
export function newApp(outdir: string): App {
  return new App({
    outdir,
    context: { ...context, 'aws:cdk:disable-asset-staging': true },
    analyticsReporting: false,
  });
}

/** Synthesizes the given Regions of the topology, all of them by default. */
export function templatesOf(topology = example(), only?: string): Templates {
  const outdir = mkdtempSync(path.join(tmpdir(), 'holdfast-stacks-'));
  try {
    const app = newApp(outdir);
    const stages = only === undefined ? buildApp(app, topology) : [new RegionStage(app, only, { topology })];
    const assembly = app.synth();
    return Object.fromEntries(
      stages.flatMap(stage =>
        assembly
          .getNestedAssembly(stage.artifactId)
          .stacks.map(stack => [stack.hierarchicalId, templateOf(stack)] as const),
      ),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function templateOf(stack: CloudFormationStackArtifact): Template {
  const text = readFileSync(stack.templateFullPath, 'utf8');
  return { ...JSON.parse(text), text };
}

/** How many resources of each type a template has. */
export function typesOf(template: Template | undefined): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(template?.Resources ?? {})) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}
