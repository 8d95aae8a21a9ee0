import type { StepId } from '../plan/plan-steps';
import type { StepAction } from './action';
import { raiseCapacity, waitCapacity } from './capacity';
import { failOverDatabase, settle, switchDatabase, waitWriter } from './database';
import { reconcile } from './reconcile';
import { activate, announcePromotion, fence, waitLease } from './register';
import { reconnect, verify, waitDns, waitGates } from './traffic';

/** What each step of a plan does. */
export const ACTIONS: Readonly<Record<StepId, StepAction>> = {
  'raise-capacity': raiseCapacity,
  'wait-capacity': waitCapacity,
  fence,
  'wait-lease': waitLease,
  'announce-promotion': announcePromotion,
  'switch-database': switchDatabase,
  'fail-over-database': failOverDatabase,
  'wait-writer': waitWriter,
  activate,
  'wait-gates': waitGates,
  'wait-dns': waitDns,
  reconnect,
  verify,
  settle,
  reconcile,
};
