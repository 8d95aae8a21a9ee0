#!/usr/bin/env node
import path from 'node:path';
import { endWithReader, findProjectRoot, interruptSignal, lineOutput, runProgram } from '../lib/cli';
import { systemClock } from '../lib/clock';

// Which Node versions are supported is said once, in the README, and not by each SDK client.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const colour = process.stderr.isTTY === true && process.env.NO_COLOR === undefined;
const context = {
  projectRoot: findProjectRoot(process.cwd()),
  installRoot: path.resolve(__dirname, '..', '..'),
  clock: systemClock,
  output: lineOutput(line => process.stderr.write(line), systemClock, {
    colour,
    verbose: process.env.HOLDFAST_VERBOSE === '1',
  }),
  print: (text: string) => process.stdout.write(text),
  signal: interruptSignal(process, systemClock, () => process.exit(130)),
  environment: process.env,
  colour,
  exit: (code: number) => {
    process.exitCode = code;
  },
};

endWithReader(process.stdout, () => process.exit());
runProgram(context, process.argv).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
