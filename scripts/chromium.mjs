#!/usr/bin/env node
// The live page is tested in a real Chromium. Prints where one is; installs Debian's where that is possible, and says so.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const say = text => process.stderr.write(`chromium: ${text}\n`);

function find(names) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const name of names) {
      const file = path.join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // The next place.
      }
    }
  }
  return undefined;
}

function apt(...args) {
  say(`apt-get ${args.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
}

function install() {
  if (find(['apt-get']) === undefined || process.getuid?.() !== 0) return false;
  return apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', 'chromium');
}

const found = process.env.HOLDFAST_CHROMIUM ?? find(NAMES);
const chromium = found ?? (install() ? find(NAMES) : undefined);
if (chromium !== undefined) process.stdout.write(`${chromium}\n`);
else {
  say(
    'none on this machine, and it could not be installed from here; the tests of the live page (test/ui) will fail.',
  );
  say('install it (apt-get install chromium, as root), or name one: HOLDFAST_CHROMIUM=/path/to/chrome');
  process.exitCode = 1;
}
