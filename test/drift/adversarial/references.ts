import type { Json } from '../../../lib/drift/model';
import { resource, template } from '../judged';
import type { Adversarial } from './case';

const TABLE = 'AWS::DynamoDB::Table';
const table = (TableName: Json, more: object = {}) =>
  template({ T: resource(TABLE, { TableName }) }, more as never);
const ami = (ImageId: Json, more: object = {}) =>
  template({ I: resource('AWS::EC2::Instance', { ImageId }) }, more as never);
const stage = (Default: string) => ({ Parameters: { Stage: { Type: 'String', Default } } });
const map = (value: string) => ({
  Mappings: { M: { 'us-east-2': { name: value }, 'us-west-2': { name: 'w' } } },
});
const find = (key: Json) => ({ 'Fn::FindInMap': ['M', key, 'name'] });
const when = (left: Json, right: string) => ({
  Conditions: { C: { 'Fn::Equals': [left, right] } },
  ...stage('a'),
});
const conditional = (more: object) => template({ T: resource(TABLE, {}, { Condition: 'C' }) }, more as never);

/** What stands elsewhere in the template and decides a value. */
export const REFERENCES: readonly Adversarial[] = [
  [
    'a mapping renames a table',
    table(find('us-east-2'), map('a')),
    table(find('us-east-2'), map('b')),
    'danger stateful-loss',
  ],
  [
    'a mapping of the Region renames a table',
    table(find({ Ref: 'AWS::Region' }), map('a')),
    table(find({ Ref: 'AWS::Region' }), map('b')),
    'danger stateful-loss',
  ],
  [
    'a mapping of another Region changes',
    table(find({ Ref: 'AWS::Region' }), map('a')),
    table(find({ Ref: 'AWS::Region' }), {
      Mappings: { M: { 'us-east-2': { name: 'a' }, 'us-west-2': { name: 'x' } } },
    }),
    'change',
  ],
  [
    'a mapping by a parameter changes',
    table(find({ Ref: 'Stage' }), { ...stage('x'), ...map('a') }),
    table(find({ Ref: 'Stage' }), { ...stage('x'), ...map('b') }),
    'unknown',
  ],
  [
    'a literal becomes a mapping of the same',
    table('a', map('a')),
    table(find('us-east-2'), map('a')),
    'clean',
  ],
  [
    'the default of a parameter that names a table',
    table({ Ref: 'Stage' }, stage('a')),
    table({ Ref: 'Stage' }, stage('b')),
    'unknown resolved-at-deploy',
  ],
  [
    'the same within a text',
    table({ 'Fn::Sub': `orders-\${Stage}` }, stage('a')),
    table({ 'Fn::Sub': `orders-\${Stage}` }, stage('b')),
    'unknown resolved-at-deploy',
  ],
  [
    'a text of a name changes',
    table({ 'Fn::Sub': `orders-\${Stage}` }, stage('a')),
    table({ 'Fn::Sub': `order-\${Stage}` }, stage('a')),
    'danger stateful-loss',
  ],
  [
    'a condition that decides a name',
    table({ 'Fn::If': ['C', 'a', 'b'] }, when({ Ref: 'Stage' }, 'a')),
    table({ 'Fn::If': ['C', 'a', 'b'] }, when({ Ref: 'Stage' }, 'z')),
    'unknown resolved-at-deploy',
  ],
  [
    'a condition that decides a name for certain',
    table({ 'Fn::If': ['C', 'a', 'b'] }, when('x', 'x')),
    table({ 'Fn::If': ['C', 'a', 'b'] }, when('x', 'y')),
    'danger stateful-loss',
  ],
  [
    'a condition that takes a table away',
    conditional(when('x', 'x')),
    conditional(when('x', 'y')),
    'danger stateful-loss',
  ],
  [
    'a condition that may take a table away',
    conditional(when({ Ref: 'Stage' }, 'a')),
    conditional(when({ Ref: 'Stage' }, 'b')),
    'unknown resolved-at-deploy',
  ],
  [
    'a table stands under a condition from now on',
    template({ T: resource(TABLE) }, when({ Ref: 'Stage' }, 'a') as never),
    conditional(when({ Ref: 'Stage' }, 'a')),
    'unknown resolved-at-deploy',
  ],
  [
    'a condition through a condition',
    template({ T: resource(TABLE, {}, { Condition: 'D' }) }, {
      Conditions: { C: { 'Fn::Equals': ['x', 'x'] }, D: { 'Fn::Not': [{ Condition: 'C' }] } },
    } as never),
    template({ T: resource(TABLE, {}, { Condition: 'D' }) }, {
      Conditions: { C: { 'Fn::Equals': ['x', 'y'] }, D: { 'Fn::Not': [{ Condition: 'C' }] } },
    } as never),
    'change',
  ],
  [
    'conditions that refer to each other',
    template({ T: resource(TABLE, {}, { Condition: 'C' }) }, {
      Conditions: { C: { 'Fn::Not': [{ Condition: 'D' }] }, D: { 'Fn::Not': [{ Condition: 'C' }] } },
    } as never),
    template({ T: resource(TABLE, {}, { Condition: 'C' }) }, {
      Conditions: { C: { 'Fn::Not': [{ Condition: 'D' }] }, D: { 'Fn::Not': [{ Condition: 'C' }] } },
    } as never),
    'clean',
  ],
  [
    'an image of a parameter by its ARN',
    ami('{{resolve:ssm:arn:aws:ssm:us-east-2:1:parameter/ami}}'),
    ami('{{resolve:ssm:arn:aws:ssm:us-east-2:1:parameter/ami}}'),
    'unknown resolved-at-deploy',
  ],
  [
    'an image of a parameter whose name is put together',
    ami({ 'Fn::Join': ['', ['{{resolve:ssm:', { Ref: 'Stage' }, '}}']] }, stage('a')),
    ami({ 'Fn::Join': ['', ['{{resolve:ssm:', { Ref: 'Stage' }, '}}']] }, stage('a')),
    'unknown resolved-at-deploy',
  ],
  [
    'an image of a parameter within a text',
    ami({ 'Fn::Sub': `{{resolve:ssm:/\${Stage}/ami}}` }, stage('a')),
    ami({ 'Fn::Sub': `{{resolve:ssm:/\${Stage}/ami}}` }, stage('a')),
    'unknown resolved-at-deploy',
  ],
  [
    'an image of a version of a parameter, put together',
    ami({ 'Fn::Join': ['', ['{{resolve:ssm:', { Ref: 'Stage' }, ':3}}']] }, stage('a')),
    ami({ 'Fn::Join': ['', ['{{resolve:ssm:', { Ref: 'Stage' }, ':3}}']] }, stage('a')),
    'clean',
  ],
  [
    'a condition on a value that is read at deploy',
    table(
      { 'Fn::If': ['C', 'a', 'b'] },
      {
        Parameters: { Stage: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/s' } },
        Conditions: { C: { 'Fn::Equals': [{ Ref: 'Stage' }, 'a'] } },
      },
    ),
    table(
      { 'Fn::If': ['C', 'a', 'b'] },
      {
        Parameters: { Stage: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/s' } },
        Conditions: { C: { 'Fn::Equals': [{ Ref: 'Stage' }, 'a'] } },
      },
    ),
    'unknown resolved-at-deploy',
  ],
  [
    'a part that a file gives at deploy',
    template({
      T: resource(TABLE, { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://b/f' } } }),
    }),
    template({
      T: resource(TABLE, { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://b/f' } } }),
    }),
    'unknown resolved-at-deploy',
  ],
  [
    'a macro of somebody rewrites the template',
    template({ T: resource(TABLE) }, { Transform: ['Mine'] }),
    template({ T: resource(TABLE) }, { Transform: ['Mine'] }),
    'unknown',
  ],
  [
    'language extensions rewrite nothing that is read elsewhere',
    template({ T: resource(TABLE) }, { Transform: 'AWS::LanguageExtensions' }),
    template({ T: resource(TABLE) }, { Transform: 'AWS::LanguageExtensions' }),
    'clean',
  ],
  [
    'a property is nothing where it was not there',
    template({ T: resource(TABLE) }),
    template({ T: resource(TABLE, { TableName: { Ref: 'AWS::NoValue' } }) }),
    'clean',
  ],
  [
    'a list loses what is nothing',
    template({ T: resource(TABLE, { Tags: [{ Key: 'a', Value: 'b' }, { Ref: 'AWS::NoValue' }] }) }),
    template({ T: resource(TABLE, { Tags: [{ Key: 'a', Value: 'b' }] }) }),
    'clean',
  ],
];
