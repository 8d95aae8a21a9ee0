export { type DaemonOptions, runDaemon } from './daemon';
export {
  FAULT_ACTIONS,
  FAULT_TARGETS,
  type FaultAction,
  type FaultTarget,
  type LabFault,
  parseFault,
} from './fault';
export { type DaemonSettings, readSettings, writeSettings } from './settings';
export type { DaemonStatus, HomeHealth, InstanceHealth, ProcessStatus, RegionStatus } from './status';
