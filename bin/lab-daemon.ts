#!/usr/bin/env node
import { systemClock } from '../lib/clock';
import { HoldfastError } from '../lib/errors';
import { readSettings, runDaemon } from '../lib/lab/daemon';
import type { OutputEvent } from '../lib/ports';

/** The lab's daemon: `lab-daemon.js <settings file>`. Started by `holdfast up`; its output is its log. */
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());

const emit = (event: OutputEvent) => {
  if (event.level === 'debug') return;
  process.stdout.write(`${systemClock.now().toISOString()} ${event.level} ${event.code} ${event.text}\n`);
};

runDaemon({
  settings: readSettings(process.argv[2] ?? ''),
  environment: process.env,
  clock: systemClock,
  output: { emit },
  signal: stop.signal,
}).then(
  () => process.exit(0),
  (error: unknown) => {
    const text = error instanceof HoldfastError ? error.message : (error as Error).stack;
    process.stdout.write(`error: ${text}\n`, () => process.exit(1));
  },
);
