import { createHash } from 'node:crypto';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../ports';
import type { ReleaseConnection } from '../runtime/release/aws-release-region';
import { dynamoReleaseTable } from '../runtime/release/aws-release-store';
import { awsReleaseTarget } from '../runtime/release/aws-release-target';
import type { ReleaseNames } from '../runtime/release/release-names';
import type { ReleaseBuild } from '../runtime/release/release-plan';
import type { ReleaseStore } from '../runtime/release/release-store';
import type { ReleaseTarget } from '../runtime/release/release-target';
import { ask } from './clients';

/** Options of {@link createReleaseCloud}. */
export interface ReleaseCloudOptions extends Omit<ReleaseConnection, 'region'> {
  readonly clock: Clock;
  /** Regions of the topology. */
  readonly regions: readonly string[];
  readonly names: ReleaseNames;
  /** Bucket of builds of a Region. */
  readonly bucket: (region: string) => string;
  /** Sends one request to a Region. */
  readonly send: (region: string) => Promise<unknown>;
  /** Statistic of the answers' time. @default 'p99' */
  readonly latencyStatistic?: string;
}

/** What a release command reaches. */
export interface ReleaseCloud {
  readonly store: ReleaseStore;
  readonly target: ReleaseTarget;
  /**
   * Puts a build into the bucket of each Region, under its hash, unless it is there.
   * @throws HoldfastError `refused` or `unavailable` when it cannot be put
   */
  publish(build: Buffer): Promise<ReleaseBuild>;
  /** Whether each Region has the build. */
  isPublished(build: ReleaseBuild): Promise<boolean>;
  close(): void;
}

/** Connects a release to an account, or to a lab. */
export function createReleaseCloud(options: ReleaseCloudOptions): ReleaseCloud {
  const { regions, names, endpoint, credentials, bucket } = options;
  const connections = regions.map(region => ({ region, endpoint, credentials }));
  const table = dynamoReleaseTable(connections, names.table);
  const target = awsReleaseTarget({ ...options, connections, readItem: table.readItem });
  const stores = connections.map(connection => ({
    Bucket: bucket(connection.region),
    s3: new S3Client({ ...connection, forcePathStyle: endpoint !== undefined }),
  }));
  const isThere = (s3: S3Client, Bucket: string, Key: string): Promise<boolean> =>
    s3.send(new HeadObjectCommand({ Bucket, Key })).then(
      () => true,
      () => false,
    );
  return {
    store: {
      read: () => ask('reading the release', table.store.read),
      write: (next, seen) => ask('writing the release', () => table.store.write(next, seen)),
    },
    target,
    publish: async build => {
      const sha256 = createHash('sha256').update(build).digest('hex');
      const objectKey = `${sha256}.tgz`;
      for (const { s3, Bucket } of stores) {
        if (await isThere(s3, Bucket, objectKey)) continue;
        const command = new PutObjectCommand({ Bucket, Key: objectKey, Body: build });
        await ask(`putting a build into ${Bucket}`, () => s3.send(command));
      }
      return { objectKey, sha256 };
    },
    isPublished: async ({ objectKey }) =>
      (await Promise.all(stores.map(({ s3, Bucket }) => isThere(s3, Bucket, objectKey)))).every(Boolean),
    close: () => {
      table.close();
      target.close();
      for (const { s3 } of stores) s3.destroy();
    },
  };
}
