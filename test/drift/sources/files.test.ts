import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compareAssembly, stacksOf } from '../../../lib/drift/sources/assembly';
import { compareTemplateFiles, readTemplateFile } from '../../../lib/drift/sources/templates';
import { PLACE, resource, template } from '../judged';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-drift-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: unknown): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const queue = (delay: number) => template({ Q: resource('AWS::SQS::Queue', { DelaySeconds: delay }) });

describe('template files', () => {
  test('YAML with the short forms is the JSON with the long ones', () => {
    const file = put(
      'a.yaml',
      `AWSTemplateFormatVersion: 2010-09-09
Resources:
  A:
    Type: AWS::SQS::Queue
    Condition: C
    Properties:
      QueueName: !Join ["-", [!Ref AWS::StackName, !GetAtt B.Name]]
      Sub: !Sub "\${A}-x"
      If: !If [C, !Ref "AWS::NoValue", 012]
      Map: !FindInMap [M, a, b]
      Import: !ImportValue
        Fn::Sub: "\${Stack}-x"
Conditions:
  C: !Not [!Equals [!Ref P, ""]]
  D: !And [!Condition C, !Condition C]
`,
    );
    expect(readTemplateFile(file)).toEqual({
      AWSTemplateFormatVersion: '2010-09-09',
      Resources: {
        A: {
          Type: 'AWS::SQS::Queue',
          Condition: 'C',
          Properties: {
            QueueName: { 'Fn::Join': ['-', [{ Ref: 'AWS::StackName' }, { 'Fn::GetAtt': 'B.Name' }]] },
            // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's own
            Sub: { 'Fn::Sub': '${A}-x' },
            If: { 'Fn::If': ['C', { Ref: 'AWS::NoValue' }, 12] },
            Map: { 'Fn::FindInMap': ['M', 'a', 'b'] },
            // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's own
            Import: { 'Fn::ImportValue': { 'Fn::Sub': '${Stack}-x' } },
          },
        },
      },
      Conditions: {
        C: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'P' }, ''] }] },
        D: { 'Fn::And': [{ Condition: 'C' }, { Condition: 'C' }] },
      },
    });
  });

  test('what CloudFormation answers is taken as it is', () => {
    const after = put('b.json', queue(2));
    for (const body of [
      queue(1),
      JSON.stringify(queue(1)),
      'Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {DelaySeconds: 1}\n',
    ]) {
      const { changes } = compareTemplateFiles(put('a.json', { TemplateBody: body }), after, PLACE);
      expect(changes).toMatchObject([
        { resource: 'Q', action: 'update', differences: [{ before: 1, after: 2 }] },
      ]);
    }
  });

  test.each<[string, RegExp]>([
    ['a: [', /is no YAML at line 1, column/],
    ['&a [*a, *a]', /nested/],
    ['just text', /is no template/],
    ['{"a": 1}', /is no template/],
    ['{"Resources": []}', /is no template/],
    ['', /is empty/],
    [`Resources: ${'['.repeat(20000)}`, /nested|is no YAML/],
    [`Resources: {A: ${'['.repeat(600)}${']'.repeat(600)}}`, /nested/],
  ])('%.20j is refused', (text, message) => {
    expect(() => readTemplateFile(put('a.yaml', text))).toThrow(message);
  });

  test('aliases that would fill the memory are refused', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let at = 0; at < 9; at += 1) {
      const [from, to] = [String.fromCharCode(97 + at), String.fromCharCode(98 + at)];
      lines.push(
        `${to}: &${to} [*${from}, *${from}, *${from}, *${from}, *${from}, *${from}, *${from}, *${from}, *${from}]`,
      );
    }
    expect(() => readTemplateFile(put('a.yaml', lines.join('\n')))).toThrow(/refers to itself too often/);
  });
});

describe('assemblies', () => {
  const stackOf = (templateFile: string, region: string, stackName?: string) => ({
    type: 'aws:cloudformation:stack',
    environment: `aws://000000000000/${region}`,
    properties: { templateFile, ...(stackName === undefined ? {} : { stackName }) },
  });
  const assembly = (delay: number, under = 'cdk.out') => {
    put(`${under}/manifest.json`, {
      artifacts: {
        inner: { type: 'cdk:cloud-assembly', properties: { directoryName: 'inner' } },
        assets: { type: 'cdk:asset-manifest' },
        plain: stackOf('plain.template.json', 'unknown-region'),
      },
    });
    put(`${under}/plain.template.json`, queue(delay));
    put(`${under}/inner/manifest.json`, {
      artifacts: {
        east: stackOf('east.template.json', 'us-east-2', 'orders-data'),
        west: stackOf('west.template.json', 'us-west-2', 'orders-data'),
      },
    });
    for (const each of ['east', 'west']) put(`${under}/inner/${each}.template.json`, queue(delay));
    return path.join(folder, under);
  };
  const summary = (comparisons: ReturnType<typeof compareAssembly>) =>
    comparisons.flatMap(({ changes, unchecked }) => [
      ...changes.map(each => `${each.region} ${each.stack} ${each.resource} ${each.action}`),
      ...unchecked.map(
        each => `${each.region} ${each.stack} unchecked: ${each.why.replaceAll(`${folder}/`, '')}`,
      ),
    ]);

  test('stacks of nested assemblies are stacks of their Region', () => {
    expect(stacksOf(assembly(1)).map(({ region, stack, artifact }) => [region, stack, artifact])).toEqual([
      ['us-east-2', 'orders-data', 'east'],
      ['us-west-2', 'orders-data', 'west'],
      ['-', 'plain', 'plain'],
    ]);
  });

  test('each stack meets its deployed template; one that is missing, broken or left over is not clean', () => {
    const synthesized = assembly(1);
    put('deployed/us-east-2/orders-data.json', queue(2));
    put('deployed/us-west-2.orders-data.template.json', '{broken');
    put('deployed/old.yaml', 'Resources: {}');
    expect(summary(compareAssembly(synthesized, path.join(folder, 'deployed')))).toEqual([
      'us-east-2 orders-data Q update',
      'us-west-2 orders-data unchecked: deployed/us-west-2.orders-data.template.json is no JSON at line 1, column 2',
      '- plain unchecked: no deployed template of the stack is in deployed',
      '- old.yaml unchecked: deployed/old.yaml is of no stack of the assembly',
    ]);
  });

  test('a name without its Region serves only where one stack bears it', () => {
    const synthesized = assembly(1);
    put('deployed/orders-data.json', queue(2));
    put('deployed/plain.json', queue(2));
    expect(
      summary(compareAssembly(synthesized, path.join(folder, 'deployed'))).map(each => each.split(':')[0]),
    ).toEqual([
      'us-east-2 orders-data unchecked',
      'us-west-2 orders-data unchecked',
      '- plain Q update',
      '- orders-data.json unchecked',
    ]);
  });

  test('two assemblies are compared stack by stack', () => {
    const [first, second] = [assembly(1, 'new'), assembly(2, 'old')];
    expect(summary(compareAssembly(first, second))).toEqual([
      'us-east-2 orders-data Q update',
      'us-west-2 orders-data Q update',
      '- plain Q update',
    ]);
    expect(summary(compareAssembly(first, first))).toEqual([]);
  });

  test('a manifest that points outside, at itself, or is none, is refused', () => {
    for (const directoryName of ['../..', '.', '']) {
      put('evil/manifest.json', {
        artifacts: { a: { type: 'cdk:cloud-assembly', properties: { directoryName } } },
      });
      expect(() => stacksOf(path.join(folder, 'evil'))).toThrow(/outside of the assembly/);
    }
    put('none/manifest.json', {});
    expect(() => stacksOf(path.join(folder, 'none'))).toThrow(/is no manifest/);
    expect(() => stacksOf(path.join(folder, 'nowhere'))).toThrow(/cannot be read \(ENOENT\)/);
    expect(() => compareAssembly(assembly(1), path.join(folder, 'nowhere'))).toThrow(/is no folder/);
  });
});
