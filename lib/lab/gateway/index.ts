export type { AdminHandler } from './admin';
export { CallLog, type CallQuery } from './call-log';
export { GatewayClient } from './client';
export { Gateway, type GatewayOptions } from './gateway';
export type { StackChange, StackHook } from './stack-hook';
export { type GatewaySnapshot, GatewayState } from './state';
export type {
  CallMatch,
  CallOutcome,
  CallRecord,
  CheckStatus,
  DatabaseMove,
  DenyRule,
  FaultEffect,
  FaultRule,
  NotEmulated,
  RegisterPlace,
  TargetHealth,
  TargetState,
} from './types';
