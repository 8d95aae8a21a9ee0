import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { HoldfastError } from '../../errors';
import { runTool } from '../tool';
import type { ArtifactReference } from './user-data';

/** Where artifacts are unpacked, one folder a hash, and from where they are fetched. */
export interface ArtifactStoreOptions {
  readonly folder: string;
  /** The S3 client of a Region. */
  readonly s3: (region: string) => S3Client;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Fetches the deployed application from S3 as a booting clone does, verifies it and unpacks it once. */
export class ArtifactStore {
  private readonly unpacking = new Map<string, Promise<string>>();

  constructor(private readonly options: ArtifactStoreOptions) {}

  /**
   * Path of the program of an artifact.
   * @throws HoldfastError `unavailable` when it differs from its hash or cannot be unpacked
   */
  async program(region: string, artifact: ArtifactReference): Promise<string> {
    const known = this.unpacking.get(artifact.sha256) ?? this.fetch(region, artifact);
    this.unpacking.set(artifact.sha256, known);
    // A failure is not remembered: the next clone tries again.
    known.catch(() => this.unpacking.delete(artifact.sha256));
    return path.join(await known, artifact.entry, 'index.cjs');
  }

  private async fetch(region: string, artifact: ArtifactReference): Promise<string> {
    const { bucket, key, sha256 } = artifact;
    const folder = path.join(this.options.folder, sha256);
    if (existsSync(folder)) return folder;
    const answer = await this.options.s3(region).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== sha256) {
      throw new HoldfastError('unavailable', `s3://${bucket}/${key} differs from its hash: ${found}`);
    }
    await this.unpack(bytes, folder);
    return folder;
  }

  private async unpack(bytes: Uint8Array, folder: string): Promise<void> {
    const unfinished = `${folder}.${process.pid}`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    const packed = path.join(unfinished, 'app.tgz');
    writeFileSync(packed, bytes);
    const { environment } = this.options;
    const signal = new AbortController().signal;
    const tools = { cwd: unfinished, env: environment, signal };
    const result = await runTool('tar', ['-xzf', packed, '--no-same-owner'], tools);
    if (result.exitCode !== 0) {
      throw new HoldfastError('unavailable', `cannot unpack an artifact: ${result.output}`);
    }
    rmSync(packed);
    renameSync(unfinished, folder);
  }
}
