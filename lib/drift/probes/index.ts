import { configVersions } from './config-versions';
import { floors } from './floors';
import { globalCaches } from './global-caches';
import { globalMembers } from './global-members';
import { healthChecks } from './health-checks';
import { mappings } from './mappings';
import type { Probe } from './probe';
import { records } from './records';
import { weights } from './weights';

/** Every probe. */
export const PROBES: readonly Probe[] = [
  ...[weights, floors, mappings, records, healthChecks, globalMembers, globalCaches, configVersions],
];
