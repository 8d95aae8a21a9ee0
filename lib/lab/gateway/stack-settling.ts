import type { Clock } from '../../ports';
import type { ApiCall } from './call';
import type { Keeper } from './keeper';

const CHANGES = new Set(['CreateStack', 'UpdateStack', 'DeleteStack']);
/** Milliseconds after which the caller waits by itself. */
const PATIENCE = 10_000;
/** Milliseconds between looks. */
const LOOK_EVERY = 10;

/**
 * Answers a change of a stack when it is done. The emulator takes milliseconds for a stack, but the CDK looks every
 * five seconds, so a stack that is not ready at its first look would cost all of them.
 */
export function stackSettling(clock: Clock): Keeper {
  return {
    wants: call => call.service === 'cloudformation' && CHANGES.has(call.action),
    after: async (call, reply, _state, ask) => {
      const deadline = clock.monotonic() + PATIENCE;
      while (reply.status === 200 && clock.monotonic() < deadline) {
        const seen = await ask('DescribeStacks', { StackName: nameOf(call), Version: '2010-05-15' });
        if (!/<StackStatus>[A-Z_]*_IN_PROGRESS</.test(seen.body.toString())) break;
        await clock.sleep(LOOK_EVERY);
      }
      return reply;
    },
  };
}

const nameOf = (call: ApiCall): string => call.fields.get('StackName') ?? '';
