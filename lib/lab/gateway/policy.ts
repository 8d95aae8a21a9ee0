import { matches } from './call-log';
import type { GatewayState } from './state';
import type { FaultEffect } from './types';

/** The call's parts that a rule may name. */
type Named = Parameters<typeof matches>[1];

/** Whether a call is refused by policy. */
export function isDenied(state: GatewayState, call: Named): boolean {
  return state.denied().some(rule => matches(rule, call));
}

/** The fault that hits a call, counted down; a fault that is used up is removed. */
export function takeFault(state: GatewayState, call: Named): FaultEffect | undefined {
  const fault = state.faults().find(rule => matches(rule.match, call));
  if (fault === undefined) return undefined;
  if (fault.remaining !== undefined) {
    if (fault.remaining <= 1) state.clearFault(fault.id);
    else state.injectFault({ ...fault, remaining: fault.remaining - 1 });
  }
  return fault.effect;
}
