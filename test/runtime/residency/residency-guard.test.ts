import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Change } from '../../../lib/runtime/changes/change';
import { publishChanges } from '../../../lib/runtime/changes/change-publisher';
import { guardGlobalTables } from '../../../lib/runtime/residency/dynamo-residency';
import { ResidencyGuard } from '../../../lib/runtime/residency/residency-guard';
import { parseResidency } from '../../../lib/runtime/residency/residency-policy';
import { VirtualClock } from '../../helpers/virtual-clock';

const policy = parseResidency('eu=eu-west-1,eu-central-1;*=us-east-1,eu-west-1,eu-central-1');

describe('changes on their way to a stream', () => {
  const change = (id: string, jurisdiction?: string): Change => ({
    id,
    entity: 'order',
    key: id,
    type: 'inserted',
    at: '2026-01-01T00:00:00Z',
    after: { secret: 'a name', ...(jurisdiction === undefined ? {} : { jurisdiction }) },
  });
  const world = (targets: readonly string[]) => {
    const guard = new ResidencyGuard<Change>({
      policy,
      targets,
      jurisdictionOf: ({ before, after }) => (after ?? before)?.jurisdiction as string | undefined,
      nameOf: ({ id }) => id,
    });
    const sent: object[] = [];
    const client = {
      send: async (command: object) => {
        sent.push(command);
        return {};
      },
    };
    const options = { client: client as never, stream: 's', clock: new VirtualClock() };
    return { guard, sent, publish: guard.guard(publishChanges), options };
  };

  test('that stays where they may be are published', async () => {
    const { publish, sent, options } = world(['eu-west-1', 'eu-central-1']);
    await publish([change('1', 'eu'), change('2')], options);
    expect(sent).toHaveLength(1);
  });

  test('to a Region that may not hold one of them: none is sent, the refused is named, its content is not', async () => {
    const { publish, sent, options } = world(['eu-west-1', 'us-east-1']);
    const refusal = await publish([change('1'), change('2', 'eu'), change('3', 'xx')], options).catch(
      error => error,
    );
    expect(sent).toEqual([]);
    expect(refusal).toMatchObject({ code: 'residency', problems: [{ path: '2' }, { path: '3' }] });
    expect(refusal.message).toContain(
      'may not go to us-east-1, received "eu"; keep it in eu-west-1, eu-central-1',
    );
    expect(refusal.message).not.toContain('a name');
  });

  test('can be told apart, to publish the one and park the other', () => {
    const { guard } = world(['us-east-1']);
    const { allowed, refused } = guard.split([change('1'), change('2', 'eu')]);
    expect([allowed, refused].map(changes => changes.map(({ id }) => id))).toEqual([['1'], ['2']]);
  });
});

describe('writes to a table that is copied to other Regions', () => {
  const sent: string[] = [];
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    // What gets here would have left the process.
    requestHandler: {
      handle: async (request: { headers: Record<string, string> }) => {
        sent.push(String(request.headers['x-amz-target']));
        throw new Error('sent');
      },
    } as never,
  });
  guardGlobalTables(client, { policy, tables: { global: ['us-east-1', 'eu-west-1'] } });
  const item = (jurisdiction?: string) => ({
    pk: { S: '1' },
    ...(jurisdiction === undefined ? {} : { jurisdiction: { S: jurisdiction } }),
  });
  const Key = { pk: { S: '1' } };
  const arn = 'arn:aws:dynamodb:us-east-1:111111111111:table/global';
  const update = { Key, UpdateExpression: 'SET a = b' };
  beforeEach(() => sent.splice(0));

  test.each([
    ['a put', new PutItemCommand({ TableName: 'global', Item: item('eu') })],
    ['a put by the ARN of the table', new PutItemCommand({ TableName: arn, Item: item('eu') })],
    ['a put of an unknown jurisdiction', new PutItemCommand({ TableName: 'global', Item: item('xx') })],
    ['an update, which shows no item', new UpdateItemCommand({ TableName: 'global', ...update })],
    [
      'a transaction with one such put',
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: 'other', Item: item('eu') } },
          { Put: { TableName: 'global', Item: item('eu') } },
        ],
      }),
    ],
    [
      'a transaction with an update',
      new TransactWriteItemsCommand({ TransactItems: [{ Update: { TableName: 'global', ...update } }] }),
    ],
    [
      'a batch with one such put',
      new BatchWriteItemCommand({
        RequestItems: { global: [{ PutRequest: { Item: item() } }, { PutRequest: { Item: item('eu') } }] },
      }),
    ],
    [
      'a statement that writes',
      new ExecuteStatementCommand({ Statement: `INSERT INTO "global" VALUE {'pk':'1'}` }),
    ],
  ])('%s is refused before it is sent', async (_what, command) => {
    await expect(client.send(command as PutItemCommand)).rejects.toMatchObject({ code: 'residency' });
    expect(sent).toEqual([]);
  });

  test.each([
    ['an untagged item that may be everywhere', new PutItemCommand({ TableName: 'global', Item: item() })],
    ['a put to a table that is not guarded', new PutItemCommand({ TableName: 'other', Item: item('eu') })],
    ['a reading', new GetItemCommand({ TableName: 'global', Key })],
    ['a removal', new DeleteItemCommand({ TableName: 'global', Key })],
    ['a statement that reads', new ExecuteStatementCommand({ Statement: 'SELECT * FROM "global"' })],
  ])('%s passes', async (_what, command) => {
    await expect(client.send(command as PutItemCommand)).rejects.toThrow('sent');
    expect(sent).toHaveLength(1);
  });
});
