import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { HoldfastError } from '../../errors';
import { clusterIdentifier } from '../../naming';
import { reasonOf } from '../../runtime/errors';

/**
 * The writer endpoint of a Region's cluster, as its own Region tells it.
 * @throws HoldfastError `unavailable` when the Region does not tell
 */
export async function writerEndpoint(
  scope: string,
  region: string,
): Promise<{ readonly host: string; readonly port: number }> {
  const client = new RDSClient({ region, maxAttempts: 3 });
  const DBClusterIdentifier = clusterIdentifier(scope, region);
  try {
    const { DBClusters } = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier }));
    const { Endpoint: host, Port: port } = DBClusters?.[0] ?? {};
    if (host === undefined || port === undefined) throw new Error('it has no endpoint');
    return { host, port };
  } catch (error) {
    const text = `finding the database ${DBClusterIdentifier} in ${region}: ${reasonOf(error)}`;
    throw new HoldfastError('unavailable', text, [], { cause: error });
  } finally {
    client.destroy();
  }
}
