import { readmeOf } from './module-readme';
import { moduleTests } from './module-tests';
import { MODULE_VARIABLES, type ModuleVariable, valuesOf } from './module-variables';
import { outputsOf, REGION_OUTPUTS } from './outputs';
import { Expression, isRecord, type Json, type Term, toCode, toJson } from './term';
import { bodyOf, type TerraformBlock } from './terraform-block';
import type { RegionTranslation } from './translate';
import { PROVIDER_VERSION, TERRAFORM_VERSION } from './versions';

/** A file of a module: its path, and what is in it. */
export interface ModuleFile {
  readonly path: string;
  readonly text: string;
}

/** An input with the topology's own value. */
export interface BoundVariable {
  readonly variable: ModuleVariable;
  readonly value: string | number;
}

/**
 * A Region as a module for plain HCL: the same resources, without backend and provider, with inputs and outputs. The
 * files that it reads (`assets/`, `artifacts/`) belong beside it.
 */
export function moduleFiles({ region, application, blocks }: RegionTranslation): readonly ModuleFile[] {
  const variables = bound(blocks);
  const outputs = outputsOf(blocks);
  const body = blocks.map(block => withVariables(block, variables));
  return [
    { path: 'main.tf.json', text: stable(mainOf(body)) },
    { path: 'variables.tf.json', text: stable({ variable: declared(variables) }) },
    { path: 'outputs.tf.json', text: stable({ output: outputs }) },
    { path: 'README.md', text: readmeOf({ region, application, variables, outputs: REGION_OUTPUTS }) },
    { path: 'tests/region.tftest.hcl', text: moduleTests(variables) },
  ];
}

/** Variables whose argument has one value wherever it stands; another would be lost. */
function bound(blocks: readonly TerraformBlock[]): readonly BoundVariable[] {
  return MODULE_VARIABLES.flatMap(variable => {
    const values = new Set(valuesOf(variable, blocks));
    const [value] = values;
    return values.size === 1 && (typeof value === 'string' || typeof value === 'number')
      ? [{ variable, value }]
      : [];
  });
}

function withVariables(block: TerraformBlock, variables: readonly BoundVariable[]): TerraformBlock {
  const args: Record<string, Term> = { ...block.arguments };
  for (const { variable } of variables) {
    if (variable.sets(block)) args[variable.argument] = new Expression(`var.${variable.name}`);
  }
  if (isRecord(args.tags)) args.tags = new Expression(`merge(${toCode(args.tags)}, var.tags)`);
  return { ...block, arguments: args };
}

function mainOf(blocks: readonly TerraformBlock[]): Json {
  const document: Record<string, Record<string, Record<string, Json>>> = {};
  for (const block of blocks) {
    document[block.kind] ??= {};
    const ofKind = document[block.kind] as Record<string, Record<string, Json>>;
    ofKind[block.type] = { ...ofKind[block.type], [block.name]: toJson(bodyOf(block)) };
  }
  const required_providers = { aws: { source: 'hashicorp/aws', version: `>= ${PROVIDER_VERSION}, < 7.0.0` } };
  return { terraform: { required_version: TERRAFORM_VERSION, required_providers }, ...document };
}

function declared(variables: readonly BoundVariable[]): Json {
  const tags = {
    type: 'map(string)',
    default: {},
    description:
      'Further tags of every resource that takes a map of them; groups of clones keep those of the topology',
  };
  const own = variables.map(({ variable: { name, type, description, least }, value }) => {
    const atLeast = {
      condition: `\${var.${name} >= ${value}}`,
      error_message: `${name} may be raised above what the topology says (${value}), and not lowered.`,
    };
    return [
      name,
      { type, default: value, description, ...(least ? { validation: [atLeast] } : {}) },
    ] as const;
  });
  return { ...Object.fromEntries(own), tags };
}

/** JSON with its keys in order, so that equal content is equal text. */
function stable(value: Json): string {
  const sorted = (each: Json): Json => {
    if (Array.isArray(each)) return each.map(sorted);
    if (typeof each !== 'object' || each === null) return each;
    const entries = Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
  };
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}
