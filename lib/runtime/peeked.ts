/** A turn under an epoch; true while there is more to do. */
export type Turn = (epoch: number) => Promise<boolean>;

/** So many looks in a row may say that there is nothing to do: then it is made sure. */
const MOST_LOOKS = 60;

/**
 * A turn that is polled and mostly finds nothing. Before it a cheap look: a turn's fenced transactions each cost the
 * database an id, a lock and a write to its log, twenty times a second for every idle worker. A look is no promise: what
 * it sees is decided by the turn, and the first turn of an epoch, one after a turn that had something to do, and every
 * sixtieth are made without one.
 *
 * @param look whether there may be something to do; reads alone
 */
export function peeked(look: Turn, turn: Turn): Turn {
  let sure = false;
  let looks = 0;
  let last: number | undefined;
  return async epoch => {
    if (epoch === last && sure && looks < MOST_LOOKS) {
      looks += 1;
      if (!(await look(epoch))) return false;
    }
    last = epoch;
    looks = 0;
    // Only a turn that ended, and found nothing, says that a look is enough.
    sure = false;
    const more = await turn(epoch);
    sure = !more;
    return more;
  };
}
