import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { ArtifactStore } from '../../lib/lab/reconciler';

let folder: string;
let packed: Buffer;
let fetched: string[];
let store: ArtifactStore;
const reference = () => ({
  bucket: 'assets',
  key: 'app.tgz',
  sha256: createHash('sha256').update(packed).digest('hex'),
  entry: 'service',
});

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-artifacts-'));
  mkdirSync(path.join(folder, 'app', 'service'), { recursive: true });
  writeFileSync(path.join(folder, 'app', 'service', 'index.cjs'), 'module.exports = 7;');
  execFileSync('tar', ['-czf', path.join(folder, 'app.tgz'), '-C', path.join(folder, 'app'), '.']);
  packed = readFileSync(path.join(folder, 'app.tgz'));
  fetched = [];
  const s3 = (region: string) =>
    ({
      send: async ({ input }: { input: { Bucket: string; Key: string } }) => {
        fetched.push(`${region} ${input.Bucket}/${input.Key}`);
        return { Body: { transformToByteArray: async () => new Uint8Array(packed) } };
      },
    }) as unknown as S3Client;
  store = new ArtifactStore({ folder: path.join(folder, 'store'), s3, environment: process.env });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an artifact is fetched and unpacked once, however many clones ask', async () => {
  const programs = await Promise.all([1, 2, 3].map(() => store.program('us-east-2', reference())));
  await store.program('us-west-2', reference());
  expect(new Set(programs).size).toBe(1);
  expect(require(programs[0] ?? '')).toBe(7);
  expect(fetched).toEqual(['us-east-2 assets/app.tgz']);
});

test('an artifact that differs from its hash is refused, and asked for again by the next clone', async () => {
  const right = reference();
  const original = packed;
  packed = Buffer.from('something else');
  await expect(store.program('us-east-2', right)).rejects.toThrow('differs from its hash');
  packed = original;
  expect(await store.program('us-east-2', right)).toContain(right.sha256);
});
