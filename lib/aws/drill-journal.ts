import { gunzipSync, gzipSync } from 'node:zlib';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { HoldfastError } from '../errors';
import { homeItemKey, registerTableName } from '../naming';
import type { JournalCopy } from '../ports';
import { DRILL_JOURNAL_KEY } from '../runtime/register/register';
import { ask, type Connection } from './clients';
import { conditionally } from './register';

/**
 * Compressed bytes that are kept. An item holds 400 KB with its names (DynamoDB guide, "Quotas"); a journal reaches this
 * after some thousands of resumes.
 */
const LARGEST = 380_000;

/** The copy of the newest drill's journal, an item beside the register and so in every Region that holds it. */
export class DrillJournalTable {
  private readonly table: string;
  private readonly key: { readonly pk: { readonly S: string } };

  /** @param home Whose it is; by default that of an application without homes */
  constructor(
    private readonly connection: Connection,
    application: string,
    home?: string,
  ) {
    this.table = registerTableName(application);
    this.key = { pk: { S: homeItemKey(DRILL_JOURNAL_KEY, home) } };
  }

  /** Strongly consistent read. */
  async read(region: string): Promise<JournalCopy | undefined> {
    const { Item: item } = await ask(`reading the copy of the journal in ${region}`, () =>
      this.client(region).send(
        new GetItemCommand({ TableName: this.table, Key: this.key, ConsistentRead: true }),
      ),
    );
    if (item === undefined) return undefined;
    return {
      drillId: item.drillId?.S ?? '',
      version: item.version?.S ?? '',
      text: textOf(item.journal?.B),
    };
  }

  /** Writes it if it still is in the state that was seen. */
  write(region: string, { drillId, version, text }: JournalCopy, previous?: string): Promise<boolean> {
    const journal = gzipSync(text);
    const condition =
      previous === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#version = :version',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':version': { S: previous } },
          };
    return ask(`writing the copy of the journal in ${region}`, async () => {
      if (journal.length > LARGEST) {
        const text = `the journal takes ${journal.length} bytes, and ${LARGEST} can be kept`;
        throw new HoldfastError('refused', text);
      }
      const Item = { ...this.key, drillId: { S: drillId }, version: { S: version }, journal: { B: journal } };
      return conditionally(() =>
        this.client(region).send(new PutItemCommand({ TableName: this.table, Item, ...condition })),
      );
    });
  }

  private client(region: string): DynamoDBClient {
    return this.connection.client(DynamoDBClient, region);
  }
}

/** @throws HoldfastError `refused` when it is damaged: nobody may go on from what is not a journal */
function textOf(bytes: Uint8Array | undefined): string {
  try {
    return gunzipSync(bytes ?? new Uint8Array()).toString('utf8');
  } catch (cause) {
    throw new HoldfastError('refused', 'the copy of the journal is damaged', [], { cause });
  }
}
