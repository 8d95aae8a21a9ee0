import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Artifact } from '../../../constructs/compute/artifact';
import { buildOutput, packageRoot } from '../../../constructs/compute/build-output';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-artifact-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string): string {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
}

function bind(artifact: Artifact) {
  const stack = new Stack(new App(), 'Stack', { env: { account: '000000000000', region: 'us-east-2' } });
  const reader = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ec2') });
  return { stack, bound: artifact.bind(stack, reader) };
}

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

test('files are named and verified by their content', () => {
  const { bound } = bind(Artifact.fromFiles({ app: put('a.tgz', 'one'), runtime: put('r.tgz', 'two') }));
  expect(bound.app.sha256).toBe(sha256('one'));
  expect(bound.runtime.sha256).toBe(sha256('two'));
  const again = bind(Artifact.fromFiles({ app: put('b.tgz', 'one'), runtime: put('r.tgz', 'two') })).bound;
  expect(again.app.objectKey).toBe(bound.app.objectKey);
});

test('a manifest beside a file saves reading it', () => {
  const known = 'ab'.repeat(32);
  put('manifest.json', JSON.stringify({ version: 1, files: { 'r.tgz': { sha256: known, bytes: 3 } } }));
  const { bound } = bind(Artifact.fromFiles({ app: put('a.tgz', 'one'), runtime: put('r.tgz', 'two') }));
  expect(bound.runtime.sha256).toBe(known);
  expect(bound.app.sha256).toBe(sha256('one'));
});

test('a manifest of another build is not believed', () => {
  put('manifest.json', JSON.stringify({ version: 1, files: { 'a.tgz': { sha256: 'x', bytes: 99 } } }));
  const { bound } = bind(Artifact.fromFiles({ app: put('a.tgz', 'one'), runtime: put('r.tgz', 'two') }));
  expect(bound.app.sha256).toBe(sha256('one'));
});

test('a missing file names the command that makes it', () => {
  const artifact = Artifact.fromFiles({ app: path.join(folder, 'absent.tgz') });
  expect(() => bind(artifact)).toThrow(/absent\.tgz: not found; .*npm run build/);
  expect(() => buildOutput('artifacts/never.tgz')).toThrow(
    /dist\/artifacts\/never\.tgz: not found; run `npm run build`/,
  );
});

test('objects of a retained bucket are used as they are', () => {
  const stack = new Stack(new App(), 'Stack');
  const reader = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ec2') });
  const bound = Artifact.fromBucket({
    bucket: Bucket.fromBucketName(stack, 'Bucket', 'kept'),
    app: { objectKey: 'app.tgz', sha256: 'a'.repeat(64) },
    runtime: { objectKey: 'node.tgz', sha256: 'b'.repeat(64) },
  }).bind(stack, reader);
  expect(bound.app).toEqual({ bucketName: 'kept', objectKey: 'app.tgz', sha256: 'a'.repeat(64) });
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [{ Action: 's3:GetObject' }, { Action: 's3:GetObject' }] },
  });
});

test('refuses a hash that is none', () => {
  const stack = new Stack(new App(), 'Stack');
  const bucket = Bucket.fromBucketName(stack, 'Bucket', 'kept');
  const file = { objectKey: 'app.tgz', sha256: 'ABC' };
  expect(() => Artifact.fromBucket({ bucket, app: file, runtime: file })).toThrow(/app\.sha256.*"ABC"/);
});

test('outside of a package it says so', () => {
  expect(() => packageRoot(folder)).toThrow(/no package\.json above/);
});

describe('scripts/artifacts.mjs', () => {
  const script = pathToFileURL(path.join(packageRoot(), 'scripts', 'artifacts.mjs')).href;

  function pack(files: Record<string, string>, target: string): void {
    const code = `
      import { writeFileSync } from 'node:fs';
      import { archive } from '${script}';
      const files = ${JSON.stringify(files)};
      writeFileSync('${target}', archive(Object.fromEntries(Object.entries(files).map(([k, v]) => [k, Buffer.from(v)]))));
    `;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(run.stderr);
  }

  test('packs an archive that tar unpacks, the same bytes for the same content', () => {
    const files = { 'worker/index.cjs': 'w'.repeat(600), 'service/index.cjs': 's', 'empty.txt': '' };
    const [one, two] = [path.join(folder, 'one.tgz'), path.join(folder, 'two.tgz')];
    pack(files, one);
    pack(Object.fromEntries(Object.entries(files).reverse()), two);
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
    const out = path.join(folder, 'out');
    mkdirSync(out);
    const untar = spawnSync('tar', ['-xzf', one, '-C', out], { encoding: 'utf8' });
    expect(untar.stderr).toBe('');
    for (const [name, content] of Object.entries(files)) {
      expect(readFileSync(path.join(out, name), 'utf8')).toBe(content);
    }
  });
});
