import { HoldfastError } from '../errors';
import { type CommandContext, type CommandResult, EXIT, type ExitCode } from './context';

/**
 * Runs one command and prints its result: text, or one JSON document on standard output. Errors become a document
 * too, so that a machine never has to read prose.
 *
 * @returns the exit code for the process
 */
export async function runCommand(
  context: CommandContext,
  options: { readonly json?: boolean },
  command: () => Promise<CommandResult>,
): Promise<ExitCode> {
  try {
    const result = await command();
    context.print(options.json ? `${JSON.stringify(result.document, null, 2)}\n` : `${result.text}\n`);
    return (await result.serve?.()) ?? result.exitCode;
  } catch (error) {
    return report(context, options.json ?? false, error);
  }
}

function report(context: CommandContext, json: boolean, error: unknown): ExitCode {
  const interrupted = context.signal.aborted;
  const code = interrupted ? 'aborted' : error instanceof HoldfastError ? error.code : 'internal';
  const message = error instanceof Error ? error.message : String(error);
  const problems = error instanceof HoldfastError ? error.problems : [];
  if (json) {
    context.print(`${JSON.stringify({ version: 1, error: { code, message, problems } }, null, 2)}\n`);
  }
  const detail = error instanceof Error && code === 'internal' ? (error.stack ?? message) : message;
  context.output.emit({ code: `error.${code}`, level: 'error', text: `${code}: ${detail}` });
  if (interrupted) return EXIT.interrupted;
  return code === 'budget-exceeded' ? EXIT.found : EXIT.failed;
}
