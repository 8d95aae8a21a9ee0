import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { buildApp } from '../../stacks';
import { example, newApp } from './example';

const outdir = mkdtempSync(path.join(tmpdir(), 'holdfast-tree-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** Types of the resources below a construct with their counts, such as `EC2::Subnet x9`; nothing of their properties. */
function typesBelow(construct: IConstruct): string {
  const counts = new Map<string, number>();
  for (const each of construct.node.findAll()) {
    if (!CfnResource.isCfnResource(each)) continue;
    const type = each.cfnResourceType.replace(/^AWS::/, '');
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts]
    .sort()
    .map(([type, count]) => (count === 1 ? type : `${type} x${count}`))
    .join(', ');
}

/** One line a direct part of the stack. Parts without a resource, such as imports and assets, hold names made of hashes. */
function treeOf(stack: Stack): readonly string[] {
  return stack.node.children.flatMap(child => {
    const types = typesBelow(child);
    return types === '' ? [] : [`${child.node.id}: ${types}`];
  });
}

const stages = buildApp(newApp(outdir), example());

test.each(stages.map(stage => [stage.node.id, stage] as const))(
  'the construct tree of %s',
  (_region, stage) => {
    const stacks = stage.node.children.filter(child => Stack.isStack(child));
    expect(Object.fromEntries(stacks.map(stack => [stack.node.id, treeOf(stack)]))).toMatchSnapshot();
  },
);
