import { compareTemplates } from '../../../lib/drift/compare/templates';
import type { JsonObject } from '../../../lib/drift/compare/values';
import type { Json } from '../../../lib/drift/model';

const PLACE = { region: 'us-east-2', stack: 'data' };
const of = (resources: Readonly<Record<string, Json>>, more: JsonObject = {}): JsonObject => ({
  ...more,
  Resources: resources,
});
const changesOf = (before: JsonObject, after: JsonObject) => compareTemplates(before, after, PLACE).changes;
const bucket = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  Type: 'AWS::S3::Bucket',
  Properties: properties,
  ...more,
});

test.each<[string, Json, Json]>([
  ['a number as text', { A: { N: 80 } }, { A: { N: '80' } }],
  ['a boolean as text', { A: { B: true } }, { A: { B: 'true' } }],
  ['an attribute in one word', { 'Fn::GetAtt': 'A.Arn' }, { 'Fn::GetAtt': ['A', 'Arn'] }],
  ['an attribute of a nested stack', { 'Fn::GetAtt': 'A.Outputs.B' }, { 'Fn::GetAtt': ['A', 'Outputs.B'] }],
  ['another order of keys', { A: 1, B: 2 }, { B: 2, A: 1 }],
])('BP-35: %s is no change', (_what, before, after) => {
  expect(changesOf(of({ X: bucket({ P: before }) }), of({ X: bucket({ P: after }) }))).toEqual([]);
});

test('BP-35: dependencies in another form or order are no change', () => {
  const one = (DependsOn: Json) => of({ X: bucket({}, { DependsOn }) });
  expect(changesOf(one('A'), one(['A']))).toEqual([]);
  expect(changesOf(one(['A', 'B']), one(['B', 'A']))).toEqual([]);
  expect(changesOf(one(['A', 'B']), one(['A', 'C']))).toHaveLength(1);
});

test('BP-35: another order within a function is a change, and of a name it replaces', () => {
  const select = (list: Json): Json => ({ 'Fn::Select': [0, list] });
  const [change] = changesOf(
    of({ X: bucket({ BucketName: select(['n2', 'n1']) }) }),
    of({ X: bucket({ BucketName: select(['n1', 'n2']) }) }),
  );
  expect(change).toMatchObject({ action: 'replace', differences: [{ path: 'Properties.BucketName' }] });
});

test.each<[Json, Json]>([
  ['012', 12],
  ['1e3', 1000],
  ['', 0],
  [null, 'null'],
  ['0x10', 16],
])('%j and %j differ', (before, after) => {
  expect(changesOf(of({ X: bucket({ P: before }) }), of({ X: bucket({ P: after }) }))).toHaveLength(1);
});

test('BP-37: an instance that loses its identifier is replaced', () => {
  const instance = (properties: JsonObject) =>
    of({ I: { Type: 'AWS::RDS::DBInstance', Properties: properties } });
  expect(changesOf(instance({ DBInstanceIdentifier: 'a' }), instance({}))[0]).toMatchObject({
    action: 'replace',
  });
});

test('what refers to a replaced resource in a property that replaces is replaced with it, along the chain', () => {
  const stack = (name: string) =>
    of({
      A: { Type: 'AWS::RDS::DBSubnetGroup', Properties: { DBSubnetGroupName: name } },
      B: { Type: 'AWS::RDS::DBCluster', Properties: { DBSubnetGroupName: { Ref: 'A' } } },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's own
      C: { Type: 'AWS::RDS::DBInstance', Properties: { DBClusterIdentifier: { 'Fn::Sub': '${B}' } } },
      D: { Type: 'AWS::SSM::Parameter', Properties: { Value: { 'Fn::GetAtt': ['B', 'Endpoint.Address'] } } },
    });
  const actions = changesOf(stack('x'), stack('y')).map(({ resource, action }) => [resource, action]);
  expect(Object.fromEntries(actions)).toEqual({ A: 'replace', B: 'replace', C: 'replace' });
});

test('BP-38: what is read at deploy is not known, though both templates are equal', () => {
  const template = of(
    {
      L: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: { LaunchTemplateData: { ImageId: { Ref: 'Image' } } },
      },
      Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: '{{resolve:ssm:/orders/queue}}' } },
      R: { Type: 'AWS::SQS::Queue', Properties: { QueueName: '{{resolve:ssm:/orders/queue:3}}' } },
    },
    { Parameters: { Image: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: '/image' } } },
  );
  expect(
    changesOf(template, template).map(({ resource, action, differences }) => [
      resource,
      action,
      differences[0],
    ]),
  ).toEqual([
    [
      'L',
      'update',
      expect.objectContaining({ path: 'Properties.LaunchTemplateData.ImageId', unknownAfter: true }),
    ],
    [
      'Q',
      'update',
      expect.objectContaining({ path: 'Properties.QueueName', unknownAfter: true, replaces: 'yes' }),
    ],
  ]);
});

test('a removed resource that is retained is left without an owner', () => {
  const removed = (more: JsonObject) => changesOf(of({ X: bucket({}, more) }), of({}))[0]?.action;
  expect([removed({}), removed({ DeletionPolicy: 'Retain' }), removed({ DeletionPolicy: 'Delete' })]).toEqual(
    ['delete', 'forget', 'delete'],
  );
});

test('nested stacks, changed loops and types without a schema are not said to be checked', () => {
  const nested = of({ N: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'u' } } });
  expect(compareTemplates(nested, nested, PLACE)).toMatchObject({
    checked: 0,
    unchecked: [{ resource: 'N' }],
  });
  const typed = (value: number) => of({ T: { Type: 'Third::Party::Thing', Properties: { P: value } } });
  expect(compareTemplates(typed(1), typed(2), PLACE).unchecked).toMatchObject([{ resource: 'T' }]);
  expect(compareTemplates(typed(1), typed(1), PLACE)).toMatchObject({ checked: 1, unchecked: [] });
  const loop = (value: number) => of({ 'Fn::ForEach::L': ['x', ['a'], { X: bucket({ P: value }) }] });
  expect(compareTemplates(loop(1), loop(2), PLACE).unchecked).toMatchObject([{ resource: 'Fn::ForEach::L' }]);
});

test('parameters, outputs and the rest of a template are compared too', () => {
  const before = of(
    {},
    { Outputs: { O: { Value: 1 } }, Conditions: { C: { 'Fn::Equals': [1, 1] } }, Transform: 'A' },
  );
  const after = of({}, { Outputs: { O: { Value: 2 }, P: { Value: 1 } }, Transform: 'B' });
  expect(
    changesOf(before, after).map(({ resource, type, action }) => `${resource} ${type} ${action}`),
  ).toEqual([
    'Conditions.C Conditions delete',
    'Outputs.O Outputs update',
    'Outputs.P Outputs create',
    'Transform Transform update',
  ]);
});

test('keys of every kind are own keys', () => {
  const strange = JSON.parse('{"__proto__": {"constructor": 1, "a.b": [2]}}') as JsonObject;
  const other = JSON.parse('{"__proto__": {"constructor": 2, "a.b": [3]}}') as JsonObject;
  const [change] = changesOf(of({ X: bucket(strange) }), of({ X: bucket(other) }));
  expect(change?.differences.map(({ path }) => path)).toEqual([
    'Properties.__proto__.constructor',
    'Properties.__proto__."a.b"[0]',
  ]);
});
