import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../errors';

/** What a stopped server's control file says about its end. */
export interface ControlFile {
  /** As what it was shut down in order; as a primary, no write can follow its last checkpoint. */
  readonly stoppedAs: 'primary' | 'standby' | 'neither';
  /** Where its last checkpoint record starts in the write-ahead log. */
  readonly checkpoint: bigint;
}

/** `DB_SHUTDOWNED` and `DB_SHUTDOWNED_IN_RECOVERY` of `catalog/pg_control.h`. */
const STOPPED = new Map([
  [1, 'primary'],
  [2, 'standby'],
] as const);
/** `PG_CONTROL_VERSION` of PostgreSQL 18; the offsets below are those of its `ControlFileData`. */
const CONTROL_VERSION = 1800;

/**
 * Reads `global/pg_control`, as pg_controldata does (the packaged binaries have none).
 * @throws HoldfastError `environment` when the file is of another version
 */
export function readControlFile(dataFolder: string): ControlFile {
  const file = readFileSync(path.join(dataFolder, 'global', 'pg_control'));
  const version = file.readUInt32LE(8);
  if (version !== CONTROL_VERSION) {
    throw new HoldfastError('environment', `cannot read a control file of version ${version}`);
  }
  return {
    stoppedAs: STOPPED.get(file.readInt32LE(16) as 1 | 2) ?? 'neither',
    checkpoint: file.readBigUInt64LE(32),
  };
}

/** A position in the write-ahead log, such as `0/3000148`, as a number. */
export function parsePosition(text: string): bigint {
  const [high, low] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
