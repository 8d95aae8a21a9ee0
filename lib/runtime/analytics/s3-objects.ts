import type { S3Client } from '@aws-sdk/client-s3';
import type { Objects } from './objects';

/** Where in S3 objects lie. */
export interface S3ObjectsOptions {
  readonly region: string;
  readonly bucket: string;
  /** Without a slash at its ends; empty for the bucket's own root. */
  readonly prefix: string;
  /** @default - the Region's own */
  readonly endpointUrl?: string;
  /** @default - made, and its code loaded, with the first object */
  readonly client?: Pick<S3Client, 'send'>;
}

/** Objects in S3, which shows an object whole or not at all. */
export function s3Objects(options: S3ObjectsOptions): Objects {
  const { region, bucket, prefix, endpointUrl: endpoint } = options;
  let { client } = options;
  return {
    async put(key, bytes) {
      const { PutObjectCommand, S3Client: Client } = await import('@aws-sdk/client-s3');
      client ??= new Client({ region, endpoint, forcePathStyle: endpoint !== undefined });
      const Key = prefix === '' ? key : `${prefix}/${key}`;
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: bytes }));
    },
  };
}
