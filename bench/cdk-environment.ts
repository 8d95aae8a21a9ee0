import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The environment that the CDK CLI gives an app of this project: context of `cdk.json` and what the CLI adds to it by
 * default. Template validation is off, as `docs/benchmarks.md` says.
 */
export function cdkEnvironment(root: string): Record<string, string> {
  const { context } = JSON.parse(readFileSync(path.join(root, 'cdk.json'), 'utf8')) as { context: object };
  return {
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify({
      ...context,
      'aws:cdk:enable-path-metadata': true,
      'aws:cdk:enable-asset-metadata': true,
      'aws:cdk:version-reporting': false,
      'aws:cdk:bundling-stacks': ['**'],
    }),
  };
}

/** Node's own options with which `cdk.json` starts the app. */
export function nodeOptions(root: string): string[] {
  const { app } = JSON.parse(readFileSync(path.join(root, 'cdk.json'), 'utf8')) as { app: string };
  return app.split(' ').filter(word => word.startsWith('--'));
}

/** Number of resources in every template below a folder of a synthesized assembly. */
export function countResources(templates: readonly string[]): number {
  return templates.reduce((sum, file) => {
    const { Resources = {} } = JSON.parse(readFileSync(file, 'utf8')) as { Resources?: object };
    return sum + Object.keys(Resources).length;
  }, 0);
}
