#!/usr/bin/env node
// Terraform's own checks run in a real Terraform or OpenTofu. Prints where one is; builds OpenTofu from its Go module
// where none is, at an exact version and checksum, and keeps it in .holdfast.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MODULE = 'github.com/opentofu/opentofu';
const VERSION = 'v1.12.6';
const SUM = 'h1:0VT4P8pMmGcCUnQ9JDrJ+Qg2d35Vzm4FFd/9+H7oF98=';
/** The first with write-only arguments. */
const LEAST = [1, 11];

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const kept = path.join(root, '.holdfast', 'tofu', VERSION, 'tofu');
const say = text => process.stderr.write(`terraform: ${text}\n`);

/** Whether a program is there and new enough. */
function serves(program) {
  const { status, stdout } = spawnSync(program, ['version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [, major, minor] = /v(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  return (
    status === 0 && (Number(major) > LEAST[0] || (Number(major) === LEAST[0] && Number(minor) >= LEAST[1]))
  );
}

function go(args, options = {}) {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' };
  return spawnSync('go', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env, ...options });
}

/** `go install` takes no module that replaces others, so that it is built where it was unpacked to. */
function build() {
  const downloaded = go(['mod', 'download', '-json', `${MODULE}@${VERSION}`]);
  if (downloaded.status !== 0) return false;
  const { Dir, Sum } = JSON.parse(downloaded.stdout);
  if (Sum !== SUM) {
    say(`${MODULE} ${VERSION} has the checksum ${Sum}, and not ${SUM}`);
    return false;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-tofu-'));
  try {
    say(`building OpenTofu ${VERSION}; this takes some minutes, once`);
    // What Go keeps is read-only, and so would be the copy.
    cpSync(Dir, folder, { recursive: true });
    spawnSync('chmod', ['-R', 'u+w', folder]);
    const output = path.join(folder, 'tofu');
    const built = go(['build', '-trimpath', '-ldflags=-s -w', '-o', output, './cmd/tofu'], { cwd: folder });
    if (built.status !== 0) return false;
    mkdirSync(path.dirname(kept), { recursive: true });
    cpSync(output, `${kept}.new`);
    renameSync(`${kept}.new`, kept);
    return true;
  } finally {
    spawnSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

const candidates = [process.env.HOLDFAST_TERRAFORM, 'terraform', 'tofu', existsSync(kept) ? kept : undefined];
const found =
  candidates.find(program => program !== undefined && serves(program)) ?? (build() ? kept : undefined);
if (found !== undefined) process.stdout.write(`${found}\n`);
else {
  say('none on this machine, and OpenTofu could not be built (it needs Go); test/terraform-core will fail.');
  say('install Terraform or OpenTofu, 1.11 or newer, or name one: HOLDFAST_TERRAFORM=/path/to/terraform');
  process.exitCode = 1;
}
