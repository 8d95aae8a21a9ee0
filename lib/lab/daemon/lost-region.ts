import { DRILL_CALLER } from '../connection';
import type { GatewayState } from '../gateway';

/** The control plane of a lost Region does not answer a drill, and its replica of the register is out of reach. */
export function loseControlPlane(region: string, lost: boolean, state: GatewayState): void {
  const id = `region-lost-${region}`;
  state.setReachable(region, !lost);
  if (lost) state.injectFault({ id, match: { caller: DRILL_CALLER, region }, effect: { kind: 'reset' } });
  else state.clearFault(id);
}
