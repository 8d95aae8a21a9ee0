import type { CommandContext } from '../../lib/cli/context';
import { systemClock } from '../../lib/clock';
import { ROOT } from './sources';

/** The outside of a command within the test's own process, with what it printed and how it ended. */
export interface TestContext extends CommandContext {
  readonly printed: string[];
  readonly emitted: string[];
  readonly ended: { code?: number };
}

/** A context for {@link runProgram} in a project's folder: no colour, no environment, never interrupted. */
export function contextAt(projectRoot: string, more: Partial<CommandContext> = {}): TestContext {
  const printed: string[] = [];
  const emitted: string[] = [];
  const ended: { code?: number } = {};
  return {
    projectRoot,
    installRoot: ROOT,
    clock: systemClock,
    output: { emit: ({ text }) => void emitted.push(text) },
    print: text => void printed.push(text),
    exit: code => {
      ended.code = code;
    },
    signal: new AbortController().signal,
    environment: {},
    colour: false,
    ...more,
    printed,
    emitted,
    ended,
  };
}
