#!/usr/bin/env node
import path from 'node:path';
import { createProgram, findProjectRoot, lineOutput } from '../lib/cli';
import { systemClock } from '../lib/clock';

// Which Node versions are supported is said once, in the README, and not by each SDK client.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  });
}

const colour = process.stderr.isTTY === true && process.env.NO_COLOR === undefined;
const program = createProgram({
  projectRoot: findProjectRoot(process.cwd()),
  installRoot: path.resolve(__dirname, '..', '..'),
  clock: systemClock,
  output: lineOutput(line => process.stderr.write(line), systemClock, {
    colour,
    verbose: process.env.HOLDFAST_VERBOSE === '1',
  }),
  print: text => process.stdout.write(text),
  signal: interrupt.signal,
  environment: process.env,
  colour,
  exit: code => {
    process.exitCode = code;
  },
});

program.parseAsync(process.argv).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
