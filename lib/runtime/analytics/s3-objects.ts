import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { limited } from '../limit';
import type { Objects } from './objects';

/** Where in S3 objects lie. */
export interface S3ObjectsOptions {
  readonly region: string;
  readonly bucket: string;
  /** Without a slash at its ends; empty for the bucket's own root. */
  readonly prefix: string;
  /** @default - the Region's own */
  readonly endpointUrl?: string;
  /** @default - a client of its own */
  readonly client?: Pick<S3Client, 'send'>;
  /** A call that takes longer fails, in milliseconds: one that hangs would hold up all later files. @default 30000 */
  readonly timeoutMilliseconds?: number;
}

/** Objects in S3, which shows an object whole or not at all. Load this file only where there is a bucket. */
export function s3Objects(options: S3ObjectsOptions): Objects {
  const { region, bucket, prefix, endpointUrl: endpoint, timeoutMilliseconds = 30_000 } = options;
  const client = options.client ?? new S3Client({ region, endpoint, forcePathStyle: endpoint !== undefined });
  return {
    async put(key, bytes) {
      const Key = prefix === '' ? key : `${prefix}/${key}`;
      const command = new PutObjectCommand({ Bucket: bucket, Key, Body: bytes });
      await limited(timeoutMilliseconds, abortSignal => client.send(command, { abortSignal }));
    },
  };
}
