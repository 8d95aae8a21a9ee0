/** Local Regions: an AWS emulator as control plane, real processes as data plane. */
export { LAB_PERIOD_SECONDS } from './balancer-period';
export { DRILL_CALLER, type LabConnection, type LabEntry, labConnection, strikeLab } from './connection';
export type { InstanceHealth, ProcessStatus, RegionStatus } from './daemon';
export {
  FAULT_ACTIONS,
  FAULT_TARGETS,
  type FaultAction,
  type FaultTarget,
  type LabFault,
  parseFault,
} from './daemon/fault';
export { type DownOptions, type DownResult, downLab } from './down';
export { BUILD_FAULTS, type BuildFault, faultyBuild } from './faulty-build';
export { type LabLog, labLogs, linesOf } from './logs';
export { type Looked, type MachineFacts, machineFacts } from './machine';
export { type HomeStatus, type LabStatus, labStatus, type StatusOptions } from './status';
export { type UpOptions, upLab } from './up';
