import type { BoundVariable } from './module';
import type { RegionOutput } from './outputs';

/** What the README of a module is made of. */
export interface ReadmeFacts {
  readonly region: string;
  readonly application: string;
  readonly variables: readonly BoundVariable[];
  readonly outputs: readonly RegionOutput[];
}

/** README of a module, with its inputs and outputs. */
export function readmeOf({ region, application, variables, outputs }: ReadmeFacts): string {
  const fence = '```';
  return [
    `# ${application} in ${region}`,
    '',
    'Written by `holdfast terraform synth --modules`; do not edit. It holds no backend and no provider: give it one of its Region.',
    '',
    `${fence}hcl`,
    'provider "aws" {',
    `  region = "${region}"`,
    '}',
    '',
    'module "region" {',
    `  source = "./cdktf.out/modules/${region}"`,
    '}',
    fence,
    '',
    'Terraform 1.11 or OpenTofu 1.11, AWS provider 6.25, and the AWS command line where `apply` runs. Each Region belongs into a state of its own.',
    '',
    '## Inputs',
    '',
    '| Name | Type | Default | |',
    '| --- | --- | --- | --- |',
    ...variables.map(
      ({ variable, value }) =>
        `| \`${variable.name}\` | ${variable.type} | \`${value}\` | ${variable.description}${variable.least ? '; may only be raised' : ''} |`,
    ),
    '| `tags` | map(string) | `{}` | Further tags of every resource that takes a map of them |',
    '',
    '## Outputs',
    '',
    '| Name | |',
    '| --- | --- |',
    ...outputs.map(({ name, description }) => `| \`${name}\` | ${description} |`),
    '',
    '## Tests',
    '',
    '`terraform test` plans the module with a mocked provider: nothing is created, and no account is asked.',
    '',
  ].join('\n');
}
