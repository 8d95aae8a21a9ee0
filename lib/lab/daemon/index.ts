export { type DaemonOptions, runDaemon } from './daemon';
export type { LabFault } from './faults';
export { type DaemonSettings, readSettings, writeSettings } from './settings';
export type { DaemonStatus, InstanceHealth, ProcessStatus, RegionStatus } from './status';
