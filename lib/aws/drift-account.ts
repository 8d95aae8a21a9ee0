import type { DriftAccount, LiveReads } from '../drift';
import { Connection, type ConnectionOptions } from './clients';
import { changeSets } from './drift-change-sets';
import { driftDetection } from './drift-detection';
import { liveReads } from './drift-live';
import { stackReads } from './drift-stacks';

/** An account to compare with, and what runs in it. */
export interface OpenDriftAccount extends DriftAccount {
  readonly live: LiveReads;
  /** Closes every connection. */
  close(): void;
}

/** A run over many stacks meets the limits of the APIs more often than one that asks a few things. */
const ATTEMPTS = 6;
/** Milliseconds for an answer: templates are long, and drift results longer. */
const PATIENCE = 20_000;

/** Reads an account for the drift bot. Nothing is connected before the first call. */
export function createDriftAccount(
  options: ConnectionOptions & { readonly application: string },
): OpenDriftAccount {
  const connection = new Connection({ attempts: ATTEMPTS, timeoutMilliseconds: PATIENCE, ...options });
  return {
    stacks: stackReads(connection),
    changeSets: changeSets(connection),
    detection: driftDetection(connection),
    live: liveReads(connection, options.application),
    close: () => connection.close(),
  };
}
