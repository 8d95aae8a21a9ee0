import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { HoldfastError } from '../errors';
import type { LabPaths } from './paths';
import { isAlive, type ProcessIdentity } from './proc';

/** Where a Region's database is. */
export interface LabDatabase {
  readonly host: string;
  readonly port: number;
  /** File that holds the password of the service's user; readable by its owner only. */
  readonly passwordFile: string;
}

/** One home of the lab's application. */
export interface LabHome {
  /** @default - the application has no homes */
  readonly home?: string;
  /** Name under which clients reach it, such as `orders.example.com`. */
  readonly host: string;
  /** Port of its gate in every Region. */
  readonly gatePort: number;
  /** Where its database is, by the Region's name, and how the service signs in to it. */
  readonly databases: Readonly<Record<string, LabDatabase>>;
}

/** State of the running lab, written by its daemon; readable by its owner only, since it holds the token. */
export interface LabFile {
  readonly version: 1;
  /** The daemon. */
  readonly daemon: ProcessIdentity;
  /** ISO time of the daemon's start. */
  readonly since: string;
  readonly application: string;
  /** The service's name, such as `orders.example.com`. */
  readonly serviceHost: string;
  /** Divides every interval, TTL and lease. */
  readonly timeScale: number;
  /** Regions in the topology's order with their loopback addresses. */
  readonly regions: readonly { readonly name: string; readonly address: string }[];
  /** The gateway: value of `AWS_ENDPOINT_URL`, and of the admin API. */
  readonly endpoint: string;
  /** Bearer token of the admin API. */
  readonly token: string;
  readonly dns: { readonly host: string; readonly port: number };
  /** Port of every Region's balancer. */
  readonly servicePort: number;
  /** Each home; an application without homes is one that has no name. */
  readonly homes: readonly LabHome[];
}

/** Writes the state whole or not at all. */
export function writeLabFile(paths: Pick<LabPaths, 'labFile'>, lab: LabFile): void {
  writeFileSync(`${paths.labFile}.new`, `${JSON.stringify(lab, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${paths.labFile}.new`, paths.labFile);
}

/** The state of the lab whose daemon lives, or undefined. */
export function readLabFile(paths: Pick<LabPaths, 'labFile'>): LabFile | undefined {
  try {
    const lab = JSON.parse(readFileSync(paths.labFile, 'utf8')) as LabFile;
    return isAlive(lab.daemon) ? lab : undefined;
  } catch {
    return undefined;
  }
}

/** The state of the running lab. Throws HoldfastError `not-found` with the way to start one. */
export function requireLabFile(paths: Pick<LabPaths, 'labFile'>): LabFile {
  const lab = readLabFile(paths);
  if (lab === undefined)
    throw new HoldfastError('not-found', 'no lab runs in this project; start one with holdfast up');
  return lab;
}

/** Removes the state. */
export function removeLabFile(paths: Pick<LabPaths, 'labFile'>): void {
  rmSync(paths.labFile, { force: true });
  rmSync(`${paths.labFile}.new`, { force: true });
}
