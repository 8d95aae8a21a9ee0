import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { HoldfastError } from '../errors';
import { registerTableName } from '../naming';
import { noticeOfItem, RELEASE_KEY } from '../runtime/release/release-item';
import type { ReleaseNotice } from '../runtime/release/release-store';
import { ask, type Connection } from './clients';

/**
 * The release that is under way, as it stands beside the register.
 * @throws HoldfastError `unavailable` when it cannot be read, or is damaged
 */
export async function releaseUnderWay(
  connection: Connection,
  application: string,
  region: string,
): Promise<ReleaseNotice | undefined> {
  const command = new GetItemCommand({
    TableName: registerTableName(application),
    Key: { pk: { S: RELEASE_KEY } },
    ConsistentRead: true,
  });
  const { Item } = await ask(`reading the release in ${region}`, () =>
    connection.client(DynamoDBClient, region).send(command),
  );
  try {
    return noticeOfItem(Item, connection.clock.now().getTime());
  } catch (cause) {
    throw new HoldfastError('unavailable', `the release in ${region} cannot be understood`, [], { cause });
  }
}
