import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Stack, Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Template } from '../../../lib/rules';

/** A stack with the template that was written for it. */
export interface StackTemplate {
  readonly stack: Stack;
  readonly template: Template;
  /** Where it was written. */
  readonly file: string;
}

/** The templates of every stack below `root`, each once, nested stacks included; the app has been synthesized. */
export function stackTemplates(root: IConstruct): readonly StackTemplate[] {
  const { Template } = require('../../../lib/rules') as typeof import('../../../lib/rules');
  return root.node
    .findAll()
    .filter(construct => Stack.isStack(construct))
    .map(construct => {
      const stack = construct as Stack;
      const file = path.join(Stage.of(stack)?.outdir ?? '', stack.templateFile);
      // A stack without resources has no such section.
      const document = { Resources: {}, ...(JSON.parse(readFileSync(file, 'utf8')) as object) };
      return { stack, template: new Template(document), file };
    });
}
