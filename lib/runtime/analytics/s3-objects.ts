import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
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
}

/** Objects in S3, which shows an object whole or not at all. Load this file only where there is a bucket. */
export function s3Objects(options: S3ObjectsOptions): Objects {
  const { region, bucket, prefix, endpointUrl: endpoint } = options;
  const client = options.client ?? new S3Client({ region, endpoint, forcePathStyle: endpoint !== undefined });
  return {
    async put(key, bytes) {
      const Key = prefix === '' ? key : `${prefix}/${key}`;
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: bytes }));
    },
  };
}
