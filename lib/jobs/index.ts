/** Jobs: what ran, failed, is parked, owed or stranded, and how it runs again. */
export { type JobsContext, QUEUE_KINDS, type QueueKind } from './context';
export {
  JOB_STATES,
  type Job,
  type JobFilter,
  type JobState,
  type JobTotals,
  jobTotals,
  listJobs,
} from './list';
export { type OperatorQueue, type OperatorQueueOptions, operatorQueue } from './operator-queue';
export { type ReplayReport, type ReplayRequest, replayJobs } from './replay';
export type { Replayed, ReplayResult } from './replayed';
export { type ShownJob, showJob } from './show';
export { type QueueView, viewQueues } from './stranded';
