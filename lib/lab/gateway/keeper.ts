import type { ApiCall } from './call';
import type { Reply } from './reply';
import type { GatewayState } from './state';

/** What is done with a call before the emulator sees it. */
export type Verdict =
  | { readonly kind: 'answer'; readonly reply: Reply; readonly outcome?: 'answered' | 'unreachable' }
  | { readonly kind: 'forward' /** Region to which the call is sent instead. */; readonly region: string };

/** Asks the emulator something else on behalf of the same caller, in the query protocol of the same service. */
export type Ask = (action: string, fields: Readonly<Record<string, string>>) => Promise<Reply>;

/** Keeps one thing that the emulator drops: answers a call itself, sends it elsewhere, or amends the answer. */
export interface Keeper {
  /** Whether a call is this keeper's business. */
  wants(call: ApiCall): boolean;
  /** Decides before the emulator sees the call. @default - the emulator answers */
  before?(call: ApiCall, state: GatewayState): Verdict | undefined;
  /** Amends the emulator's answer. @default - passed on as it is */
  after?(call: ApiCall, reply: Reply, state: GatewayState, ask: Ask): Reply | Promise<Reply>;
}
