import { compareTemplates } from '../../../lib/drift/compare/templates';
import type { JsonObject } from '../../../lib/drift/compare/values';
import type { Comparison, Json } from '../../../lib/drift/model';
import { resource, template } from '../judged';

/** Stacks by name, each before and after; and what is right of all of them. */
export type Stacks = readonly [
  name: string,
  stacks: Readonly<Record<string, readonly [before: JsonObject, after: JsonObject]>>,
  right: string,
];

/** All stacks of a case, in one Region. */
export const comparedStacks = (stacks: Stacks[1]): readonly Comparison[] =>
  Object.entries(stacks).map(([stack, [before, after]]) =>
    compareTemplates(before, after, { region: 'us-east-2', stack }),
  );

const NOTHING = template({});
const TABLE = template({ T: resource('AWS::DynamoDB::Table', { TableName: 't' }) });
const exporting = (Name: Json) => template({}, { Outputs: { O: { Value: 'v', Export: { Name } } } });
const importing = (name: Json): readonly [JsonObject, JsonObject] => {
  const reader = template({ Q: resource('AWS::SQS::Queue', { QueueName: { 'Fn::ImportValue': name } }) });
  return [reader, reader];
};
const OWN = { 'Fn::Sub': `\${AWS::StackName}-vpc` };

export const STACKS: readonly Stacks[] = [
  ['a table moves to another stack', { a: [TABLE, NOTHING], b: [NOTHING, TABLE] }, 'danger stateful-loss'],
  [
    'an export goes that is read by its text',
    { net: [exporting(OWN), NOTHING], app: importing('net-vpc') },
    'danger export-in-use',
  ],
  [
    'an export goes that is read by a text put together',
    { net: [exporting('net-vpc'), NOTHING], app: importing({ 'Fn::Join': ['-', ['net', 'vpc']] }) },
    'danger export-in-use',
  ],
  [
    'an export goes that a parameter may name',
    { net: [exporting(OWN), NOTHING], app: importing({ 'Fn::Sub': `\${Net}-vpc` }) },
    'unknown export-in-use',
  ],
  [
    'an export goes that another name is read of',
    { net: [exporting(OWN), NOTHING], app: importing({ 'Fn::Sub': `\${Net}-subnets` }) },
    'change',
  ],
  [
    'an export under a condition goes',
    {
      net: [
        { ...exporting('net-vpc'), Conditions: { C: { 'Fn::Equals': ['a', 'a'] } } },
        {
          Resources: {},
          Conditions: { C: { 'Fn::Equals': ['a', 'b'] } },
          Outputs: { O: { Condition: 'C', Value: 'v', Export: { Name: 'net-vpc' } } },
        },
      ],
      app: importing('net-vpc'),
    },
    'danger export-in-use',
  ],
];
