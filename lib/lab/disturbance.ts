import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { HoldfastError } from '../errors';
import { packageRoot } from './package-root';

/** What a process of the lab does to itself when it is told to; a missing field leaves things as they are. */
export interface Disturbance {
  /** Milliseconds that its TCP sockets hold back each byte, both ways; 0 ends it. */
  readonly delayMilliseconds?: number;
  /** Its wall clock; both at their neutral values end it. */
  readonly clock?: {
    /** Seconds that it is ahead; negative for behind. */
    readonly seconds: number;
    /** Seconds that it counts for each that passes. */
    readonly rate: number;
  };
}

/** Milliseconds that a process gets to say that it does what it was told. */
const ANSWER = 3000;

/** Arguments of Node.js that make a process disturbable. It does nothing until it is told. */
export function preloadArguments(): string[] {
  return ['--require', path.join(packageRoot(), 'dist', 'lib', 'lab', 'preload', 'preload.js')];
}

/** Tells a process, and waits until it does so. See {@link RunningProcess.disturb}. */
export async function disturb(child: ChildProcess, name: string, disturbance: Disturbance): Promise<void> {
  if (child.channel === undefined || child.channel === null || !child.connected) {
    throw new HoldfastError('refused', `${name} cannot be disturbed: it has no preload, or it has ended`);
  }
  const order = nextOrder();
  const ending = new AbortController();
  const { signal } = ending;
  try {
    await new Promise<void>((resolve, reject) => {
      // An answer to an earlier order, which came too late for it, is none to this one.
      on(child, 'message', signal, answer => {
        if ((answer as { readonly holdfastDone?: unknown } | null)?.holdfastDone === order) resolve();
      });
      on(child, 'exit', signal, () => reject(new HoldfastError('not-found', `${name} ended meanwhile`)));
      const text = `${name} did not do what it was told within ${ANSWER / 1000} s; is it frozen?`;
      const timer = setTimeout(() => reject(new HoldfastError('timeout', text)), ANSWER);
      signal.addEventListener('abort', () => clearTimeout(timer));
      child.send({ holdfastOrder: order, disturbance }, error => {
        if (error !== null) reject(new HoldfastError('unavailable', `${name}: ${error.message}`));
      });
    });
  } finally {
    ending.abort();
  }
}

let orders = 0;
function nextOrder(): number {
  orders += 1;
  return orders;
}

function on(
  child: ChildProcess,
  event: string,
  signal: AbortSignal,
  listener: (value: unknown) => void,
): void {
  child.on(event, listener);
  signal.addEventListener('abort', () => child.off(event, listener));
}
