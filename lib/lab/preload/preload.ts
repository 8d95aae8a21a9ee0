/**
 * Loaded before the program of every clone, worker and gate of the lab (`--require`), and inert until the lab's daemon
 * says otherwise over the channel that it opened: then this process delays its own network or skews its own clock.
 */
import type { Disturbance } from '../disturbance';
import { skewClock } from './clock';
import { delayNetwork } from './network';

interface Order {
  readonly holdfastOrder?: number;
  readonly disturbance?: Disturbance;
}

const answer = process.send?.bind(process);
if (answer !== undefined) {
  process.on('message', (message: Order | null) => {
    const { holdfastOrder, disturbance } = message ?? {};
    if (holdfastOrder === undefined || disturbance === undefined) return;
    if (disturbance.delayMilliseconds !== undefined) delayNetwork(disturbance.delayMilliseconds);
    if (disturbance.clock !== undefined) skewClock(disturbance.clock);
    answer({ holdfastDone: holdfastOrder });
  });
  // A listener keeps a process alive; this one must not.
  process.channel?.unref();
}
