/** The command line: parse, wire, print. `bin/cli.ts` gives it the outside. */

export { endWithReader } from './closed-pipe';
export type { CommandContext } from './context';
export { interruptSignal } from './interrupt';
export { lineOutput } from './line-output';
export { createProgram, runProgram } from './program';
export { findProjectRoot } from './project-root';
export { readTopologyFile } from './topology-file';
