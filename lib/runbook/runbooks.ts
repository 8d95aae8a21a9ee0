import { type ResolvedTopology, regionOf } from '../../regions';
import { HoldfastError } from '../errors';
import { promoteSecret, rebuildReplica, restoreBackup, rotateKey } from './books/data';
import { serviceLevel, staleData } from './books/levels';
import { evacuate, failBack } from './books/moves';
import { badRelease } from './books/release';
import { drainClone, replayQueue, slowOrFailing, stuckWork } from './books/work';
import { type Book, RUNBOOK_IDS, type Runbook, type RunbookId } from './model';

const BOOKS: Readonly<Record<RunbookId, Book>> = {
  evacuate,
  'fail-back': failBack,
  'drain-clone': drainClone,
  'replay-queue': replayQueue,
  'stuck-work': stuckWork,
  'slow-or-failing': slowOrFailing,
  'service-level': serviceLevel,
  'stale-data': staleData,
  'promote-secret': promoteSecret,
  'rebuild-replica': rebuildReplica,
  'rotate-key': rotateKey,
  'restore-backup': restoreBackup,
  'bad-release': badRelease,
};

/**
 * One runbook with the names of one Region.
 * @throws HoldfastError `not-found` for a Region that the topology does not have, or an id that no runbook has
 */
export function runbook(topology: ResolvedTopology, id: string, region: string): Runbook {
  const { name } = regionOf(topology, region);
  const known = RUNBOOK_IDS.find(each => each === id);
  if (known === undefined)
    throw new HoldfastError('not-found', `no runbook ${id}; there are ${RUNBOOK_IDS.join(', ')}`);
  const other = topology.regions.find(each => each.name !== name)?.name ?? name;
  return { id: known, region: name, ...BOOKS[known]({ topology, region: name, other }) };
}

/** Every runbook of every Region, Region by Region. */
export const allRunbooks = (topology: ResolvedTopology): readonly Runbook[] =>
  topology.regions.flatMap(({ name }) => RUNBOOK_IDS.map(id => runbook(topology, id, name)));
