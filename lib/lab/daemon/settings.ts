import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { HostedZone } from '../emulator';
import type { RegisterPlace } from '../gateway';
import type { LabPaths } from '../paths';
import type { PythonTools } from '../python';

/** One home as the lab runs it; an application without homes is one that has no name. */
export interface DaemonHome {
  readonly home?: string;
  /** Prefix of the names of its database and queue. */
  readonly scope: string;
  /** Region of its first writer. */
  readonly seed: string;
  /** Name under which clients reach it. */
  readonly host: string;
}

/** What the daemon is told by `up`. */
export interface DaemonSettings {
  readonly projectRoot: string;
  readonly application: string;
  readonly serviceHost: string;
  readonly databaseName: string;
  /** Regions in the topology's order. */
  readonly regions: readonly string[];
  readonly seed: string;
  readonly homes: readonly DaemonHome[];
  readonly register?: RegisterPlace;
  readonly hostedZones: readonly HostedZone[];
  readonly timeScale: number;
  readonly tools: PythonTools;
}

const fileOf = (paths: Pick<LabPaths, 'state'>): string => path.join(paths.state, 'daemon.json');

/** Writes the settings and returns the path of the file. */
export function writeSettings(paths: Pick<LabPaths, 'state'>, settings: DaemonSettings): string {
  writeFileSync(fileOf(paths), `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  return fileOf(paths);
}

/** Reads the settings that `up` wrote. */
export function readSettings(file: string): DaemonSettings {
  return JSON.parse(readFileSync(file, 'utf8')) as DaemonSettings;
}
