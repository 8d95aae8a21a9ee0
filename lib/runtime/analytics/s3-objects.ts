import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Objects } from './objects';

/** Where in S3 objects lie. */
export interface S3ObjectsOptions {
  readonly client: Pick<S3Client, 'send'>;
  readonly bucket: string;
  /** Without a slash at its ends; empty for the bucket's own root. */
  readonly prefix: string;
}

/** Objects in S3, which shows an object whole or not at all. */
export function s3Objects({ client, bucket, prefix }: S3ObjectsOptions): Objects {
  return {
    async put(key, bytes) {
      const Key = prefix === '' ? key : `${prefix}/${key}`;
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: bytes }));
    },
  };
}
