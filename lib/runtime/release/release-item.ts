import { RuntimeError } from '../errors';
import { hasEnded } from './release-state';
import { noticeOf, type ReleaseItem, type ReleaseNotice } from './release-store';

/** Partition key of the release in the register's table. */
export const RELEASE_KEY = 'release';

/** An item of the register's table. */
type Item = Readonly<Record<string, { S?: string; N?: string }>>;

/**
 * The release of a table's item.
 * @throws RuntimeError `unavailable` when it is damaged: what cannot be read is not absent
 */
export function releaseOfItem(item: Item | undefined): ReleaseItem | undefined {
  if (item === undefined) return undefined;
  try {
    const version = Number(item.version?.N);
    const { state, notes } = JSON.parse(item.document?.S ?? '') as Pick<ReleaseItem, 'state' | 'notes'>;
    hasEnded(state);
    if (!Number.isSafeInteger(version)) throw new RangeError('no version');
    return { version, holder: item.holder?.S ?? 'unknown', state, notes };
  } catch (cause) {
    throw new RuntimeError('unavailable', 'the release in the register’s table is damaged', [], { cause });
  }
}

/** The release under way of a table's item; none when there is none, or it has ended. */
export const noticeOfItem = (item: Item | undefined, now: number): ReleaseNotice | undefined =>
  noticeOf(releaseOfItem(item), now);
