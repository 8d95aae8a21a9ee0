import pc from 'picocolors';
import type { Clock, Output, OutputEvent } from '../ports';

/**
 * Progress as plain lines with the elapsed time, coloured only on a terminal. `debug` events are left out unless
 * asked for.
 */
export function lineOutput(
  write: (line: string) => void,
  clock: Clock,
  options: { readonly colour: boolean; readonly verbose?: boolean },
): Output {
  const colours = pc.createColors(options.colour);
  const paint: Record<OutputEvent['level'], (text: string) => string> = {
    debug: colours.dim,
    info: text => text,
    warn: colours.yellow,
    error: colours.red,
  };
  const start = clock.monotonic();
  return {
    emit(event) {
      if (event.level === 'debug' && !options.verbose) return;
      const elapsed = ((clock.monotonic() - start) / 1000).toFixed(1).padStart(6);
      write(`${colours.dim(`${elapsed}s`)}  ${paint[event.level](event.text)}\n`);
    },
  };
}
