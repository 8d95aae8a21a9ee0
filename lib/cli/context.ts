import type { Clock, Output } from '../ports';

/** Exit codes of every command (design: 0 good, 1 could not, 2 found or failed an objective, 130 interrupted). */
export const EXIT = { good: 0, failed: 1, found: 2, interrupted: 130 } as const;
/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command gets from `bin/`: everything outside that it may touch. */
export interface CommandContext {
  /** Folder that holds `cdk.json`, `.holdfast/` and `out/`. */
  readonly projectRoot: string;
  /** Folder of the installed package: the one that holds its `package.json` and `dist/`. */
  readonly installRoot: string;
  readonly clock: Clock;
  /** Progress, on standard error. */
  readonly output: Output;
  /** Writes text to standard output as it stands. */
  readonly print: (text: string) => void;
  /** Sets the exit code of the process; what is under way still finishes. */
  readonly exit: (code: ExitCode) => void;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** The environment, handed on to child processes and adapters. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether text may be coloured. */
  readonly colour: boolean;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly topology: string;
  readonly json?: boolean;
}

/** A finished command: its exit code and the one document that `--json` prints. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  /** The document; always carries `version`. */
  readonly document: object & { readonly version: number };
  /** The same for a person. */
  readonly text: string;
  /** What goes on after that was printed, for as long as it lasts. @default - nothing: the command has ended */
  readonly serve?: () => Promise<ExitCode>;
}
