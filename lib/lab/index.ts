/** Local Regions: an AWS emulator as control plane, real processes as data plane. */
export { DRILL_CALLER, type LabConnection, type LabEntry, labConnection, strikeLab } from './connection';
export {
  FAULT_ACTIONS,
  FAULT_TARGETS,
  type FaultAction,
  type FaultTarget,
  type InstanceHealth,
  type LabFault,
  type ProcessStatus,
  parseFault,
  type RegionStatus,
} from './daemon';
export { type DownOptions, type DownResult, downLab } from './down';
export { BUILD_FAULTS, type BuildFault, faultyBuild } from './faulty-build';
export { type Looked, type MachineFacts, machineFacts } from './machine';
export { LAB_PERIOD_SECONDS } from './reconciler';
export { type LabStatus, labStatus, type StatusOptions } from './status';
export { type UpOptions, upLab } from './up';
