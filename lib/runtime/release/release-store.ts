import { RuntimeError } from '../errors';
import { expectedEnd, hasEnded, mayGoBack, type ReleaseState, turnBack } from './release-state';

/** What happened, for people. */
export interface ReleaseNote {
  /** ISO 8601. */
  readonly at: string;
  readonly text: string;
}

/**
 * The release as it is kept: one item beside the register, so that there is one a time and any controller can go on with
 * it. Every write raises `version` and succeeds only over the version that was read; that is its fence.
 */
export interface ReleaseItem {
  readonly version: number;
  /** The controller that may act. */
  readonly holder: string;
  readonly state: ReleaseState;
  readonly notes: readonly ReleaseNote[];
}

/** Where the item is kept. */
export interface ReleaseStore {
  /** Consistent read; `undefined` before the first release. */
  read(): Promise<ReleaseItem | undefined>;
  /** Writes over exactly the version that was seen. Resolves to whether it was written. */
  write(next: ReleaseItem, seen: number | undefined): Promise<boolean>;
}

/** What a person may ask of a release under way. */
export type ReleaseCommand = 'pause' | 'resume' | 'promote' | 'rollback';

/** Notes that are kept, the newest: an item of DynamoDB holds 400 KB. */
const NOTES = 300;

/** The notes with one more. */
export const noted = (notes: readonly ReleaseNote[], at: number, text: string): readonly ReleaseNote[] => [
  ...notes.slice(-NOTES + 1),
  { at: new Date(at).toISOString(), text },
];

/** A release under way, for those who must not begin something beside it. */
export interface ReleaseNotice {
  readonly id: string;
  readonly stage: string;
  readonly holder: string;
  /** When it ends if all goes well, in milliseconds since 1970. */
  readonly until: number;
}

/** The release that is under way, if there is one. */
export function noticeOf(item: ReleaseItem | undefined, now: number): ReleaseNotice | undefined {
  if (item === undefined || hasEnded(item.state)) return undefined;
  const { state, holder } = item;
  return { id: state.plan.id, stage: state.stage, holder, until: expectedEnd(state, now) };
}

/** What a command makes of a release; `undefined` when it is too late for that. */
export function commanded(
  state: ReleaseState,
  command: ReleaseCommand,
  by: string,
): ReleaseState | undefined {
  if (!mayGoBack(state) && !(command === 'resume' && !hasEnded(state))) return undefined;
  switch (command) {
    case 'pause':
      return { ...state, paused: true };
    case 'resume': {
      // The wait begins anew, under the epoch that is seen next: a person has looked at it.
      const isWaiting = state.stage === 'shift' || state.stage === 'bake';
      return {
        ...state,
        paused: false,
        epoch: undefined,
        ...(isWaiting ? { stage: 'shift', since: undefined } : {}),
      };
    }
    case 'promote':
      return { ...state, paused: false, hurried: true };
    case 'rollback':
      return turnBack(state, `${by} asked for it`);
  }
}

/** What became of a command. */
export type CommandOutcome =
  | { readonly kind: 'given'; readonly item: ReleaseItem }
  /** No release is under way. */
  | { readonly kind: 'none' }
  /** It is too late for that. */
  | { readonly kind: 'too-late'; readonly item: ReleaseItem };

/** Attempts of a command against a controller that writes at the same time. */
const ATTEMPTS = 10;

/**
 * Gives a command to the release under way; its controller follows it at its next look.
 * @throws RuntimeError `unavailable` when the item changes faster than it can be written
 */
export async function commandRelease(
  store: ReleaseStore,
  command: ReleaseCommand,
  by: string,
  now: () => number,
): Promise<CommandOutcome> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const item = await store.read();
    if (item === undefined || hasEnded(item.state)) return { kind: 'none' };
    const state = commanded(item.state, command, by);
    if (state === undefined) return { kind: 'too-late', item };
    const notes = noted(item.notes, now(), `${command}, asked by ${by}`);
    const next = { ...item, version: item.version + 1, state, notes };
    if (await store.write(next, item.version)) return { kind: 'given', item: next };
  }
  throw new RuntimeError('unavailable', 'the release changes faster than a command can be written');
}
