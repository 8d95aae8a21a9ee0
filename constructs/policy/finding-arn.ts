import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** An ARN as cdk-nag writes it in the id of a finding: references in angle brackets, imports by the name of the export. */
export function findingArn(scope: Construct, arn: string): string {
  const flat = (value: unknown): string => {
    if (typeof value === 'string') return value;
    const node = value as {
      readonly Ref?: string;
      readonly 'Fn::GetAtt'?: readonly string[];
      readonly 'Fn::ImportValue'?: string;
      readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
    };
    if (node['Fn::Join'] !== undefined) return node['Fn::Join'][1].map(flat).join(node['Fn::Join'][0]);
    if (node['Fn::ImportValue'] !== undefined) return node['Fn::ImportValue'];
    return `<${node['Fn::GetAtt']?.join('.') ?? node.Ref}>`;
  };
  return flat(Stack.of(scope).resolve(arn));
}
