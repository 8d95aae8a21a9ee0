import type { Json } from '../../../lib/drift/model';
import { readChangeSet } from '../../../lib/drift/sources/change-set';
import { readStackDrift } from '../../../lib/drift/sources/stack-drift';
import { exitCodeOf, reportOf } from '../../../lib/drift/verdict';
import { findings, said } from '../judged';

const STACK = 'arn:aws:cloudformation:us-east-2:000000000000:stack/orders-data/0c2f';
const drift = (LogicalResourceId: string, StackResourceDriftStatus: string, more: object = {}): Json => ({
  ...{ StackId: STACK, LogicalResourceId, ResourceType: 'AWS::SQS::Queue', StackResourceDriftStatus },
  ...more,
});

describe('drift results', () => {
  test('BP-44: unknown, not checked and nested are not clean', () => {
    const read = readStackDrift(
      {
        StackResourceDrifts: [
          ...['A', 'B', 'C'].map(id => drift(id, 'IN_SYNC')),
          drift('D', 'UNKNOWN', { DriftStatusReason: 'no permission' }),
          ...['E', 'F'].map(id => drift(id, 'NOT_CHECKED')),
          drift('G', 'IN_SYNC', { ResourceType: 'AWS::CloudFormation::Stack' }),
        ],
      },
      'drift.json',
    );
    const report = reportOf(read.checked, findings([read]));
    expect(report.verdict).toBe('unchecked');
    expect([report.counts.checked, report.counts.unchecked]).toEqual([3, 4]);
    expect(exitCodeOf(report.counts, 'danger')).toBe(1);
    expect(report.findings.find(each => each.resource === 'D')).toMatchObject({
      why: 'CloudFormation says UNKNOWN: no permission',
      region: 'us-east-2',
      stack: 'orders-data',
    });
  });

  test('BP-44: resources that were never looked at are counted too', () => {
    const summaries = ['A', 'M'].map(LogicalResourceId => ({
      LogicalResourceId,
      ResourceType: 'AWS::Lambda::EventSourceMapping',
    }));
    const read = readStackDrift(
      { StackResourceDrifts: [drift('A', 'IN_SYNC')], StackResourceSummaries: summaries },
      'x',
    );
    expect(read).toMatchObject({
      checked: 1,
      changes: [],
      unchecked: [{ resource: 'M', type: 'AWS::Lambda::EventSourceMapping' }],
    });
    expect(readStackDrift({ StackResourceDrifts: [], NextToken: 'n' }, 'x').unchecked).toMatchObject([
      { why: 'the document is one page of several' },
    ]);
    expect(readStackDrift({ StackResourceDrifts: ['broken'] }, 'x').unchecked).toHaveLength(1);
  });

  test('what was changed by hand is found, at its place', () => {
    const read = readStackDrift(
      {
        StackResourceDrifts: [
          drift('Q', 'MODIFIED', {
            PhysicalResourceId: 'orders-work',
            ExpectedProperties: '{"MessageRetentionPeriod":1209600,"Tags":[{"Key":"a","Value":"b"}]}',
            ActualProperties: '{"MessageRetentionPeriod":60,"Tags":[{"Key":"a","Value":"c"}]}',
            PropertyDifferences: [
              {
                PropertyPath: '/MessageRetentionPeriod',
                ExpectedValue: '1209600',
                ActualValue: '60',
                DifferenceType: 'NOT_EQUAL',
              },
              {
                PropertyPath: '/Tags/0/Value',
                ExpectedValue: 'b',
                ActualValue: 'c',
                DifferenceType: 'NOT_EQUAL',
              },
            ],
          }),
          drift('R', 'DELETED'),
        ],
      },
      'drift.json',
    );
    const found = findings([read]);
    expect(said(found)).toEqual(['change change', 'danger retention-lowered', 'danger stateful-loss']);
    expect(read.changes[0]).toMatchObject({
      physicalId: 'orders-work',
      differences: [{ path: 'Properties.MessageRetentionPeriod' }, { path: 'Properties.Tags[0].Value' }],
    });
  });

  test('another document is refused', () => {
    expect(() => readStackDrift({ Resources: {} }, 'x.json')).toThrow(
      /x\.json: holds no StackResourceDrifts/,
    );
  });
});

describe('change sets', () => {
  const of = (changes: readonly object[], more: object = {}): Json =>
    ({
      StackId: STACK,
      StackName: 'orders-data',
      Status: 'CREATE_COMPLETE',
      Changes: changes.map(ResourceChange => ({ Type: 'Resource', ResourceChange })),
      ...more,
    }) as Json;
  const read = (changes: readonly object[], more: object = {}) =>
    readChangeSet(of(changes, more), 'set.json');
  const change = (Action: string, more: object = {}) => ({
    Action,
    LogicalResourceId: 'X',
    ResourceType: 'AWS::SQS::Queue',
    ...more,
  });

  test.each<[object, string]>([
    [change('Add'), 'create'],
    [change('Remove'), 'delete'],
    [change('Remove', { PolicyAction: 'Retain' }), 'forget'],
    [change('Import'), 'import'],
    [change('Modify', { Replacement: 'True' }), 'replace'],
    [change('Modify', { Replacement: 'Conditional' }), 'may-replace'],
    [change('Modify', { Replacement: 'False' }), 'update'],
    [change('Dynamic'), 'unrecognized'],
    [change('SomethingLater'), 'unrecognized'],
  ])('%j is %s', (given, action) => {
    expect(read([given]).changes).toMatchObject([{ action, region: 'us-east-2', stack: 'orders-data' }]);
  });

  test('details say where, and whether it is made anew', () => {
    const detail = (Name: string, RequiresRecreation: string, Evaluation = 'Static', more: object = {}) => ({
      Evaluation,
      Target: { Attribute: 'Properties', Name, RequiresRecreation, ...more },
    });
    const [found] = read([
      change('Modify', {
        Replacement: 'True',
        Details: [
          detail('QueueName', 'Always', 'Static', { BeforeValue: 'a', AfterValue: 'b' }),
          detail('KmsMasterKeyId', 'Never', 'Dynamic'),
        ],
      }),
    ]).changes;
    expect(found?.differences).toEqual([
      { path: 'Properties.QueueName', before: 'a', after: 'b', replaces: 'yes' },
      { path: 'Properties.KmsMasterKeyId', before: undefined, after: undefined, unknownAfter: true },
    ]);
    expect(
      said(
        findings([
          read([
            change('Modify', {
              Replacement: 'True',
              Details: [detail('QueueName', 'Always', 'Static', { AfterValue: 'b' })],
            }),
          ]),
        ]),
      ),
    ).toEqual(['danger stateful-loss']);
  });

  test('BP-38: the values of a change set tell what two equal templates cannot', () => {
    const context = (QueueName: string) => JSON.stringify({ Properties: { QueueName } });
    const [found] = read([
      change('Modify', { Replacement: 'True', BeforeContext: context('a'), AfterContext: context('b') }),
    ]).changes;
    expect(found).toMatchObject({
      action: 'replace',
      differences: [{ path: 'Properties.QueueName', before: 'a', after: 'b', replaces: 'yes' }],
    });
    const [later] = read([
      change('Modify', {
        BeforeContext: context('a'),
        AfterContext: context('{{changeSet:KNOWN_AFTER_APPLY}}'),
      }),
    ]).changes;
    expect(later?.differences).toMatchObject([{ after: undefined, unknownAfter: true }]);
  });

  test('what is not there to the end is not clean, and no change is', () => {
    const why = (more: object) => read([], more).unchecked.map(each => each.why);
    expect(
      why({ Status: 'FAILED', StatusReason: "The submitted information didn't contain changes." }),
    ).toEqual([]);
    expect(why({ Status: 'FAILED', StatusReason: 'Template error' })).toEqual([
      'the change set is FAILED: Template error',
    ]);
    expect(why({ Status: 'CREATE_IN_PROGRESS' })).toEqual(['the change set is CREATE_IN_PROGRESS']);
    expect(why({ NextToken: 'n' })).toEqual(['the document is one page of several']);
    expect(read([change('Modify', { ResourceType: 'AWS::CloudFormation::Stack' })])).toMatchObject({
      checked: 0,
      unchecked: [{ resource: 'X' }],
    });
    expect(() => readChangeSet({ Resources: {} }, 'x.json')).toThrow(/x\.json: holds no Changes/);
  });
});
