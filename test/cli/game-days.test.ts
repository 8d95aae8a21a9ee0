import { endGameDay, type GameDay } from '../../lib/cli/game-days';
import { HoldfastError } from '../../lib/errors';
import type { LabFault } from '../../lib/lab';

const DAY = {
  projectRoot: '/nowhere',
  output: { emit: () => undefined },
  active: 'us-east-2',
  standby: 'us-west-2',
} as unknown as GameDay;

/** What was tried when the lift of that action fails with `error`. */
async function endWith(failing: LabFault['action'], error: Error) {
  const tried: string[] = [];
  const ended = endGameDay(DAY, 'lossy-region-loss', async (_root, { action, target, region }) => {
    tried.push(`${action} ${target} ${region}`);
    if (action === failing) throw error;
  });
  const failure = await ended.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { tried, failure };
}

const BOTH = ['release region us-east-2', 'mend database us-west-2'];

test('a Region that does not come back leaves no standby cut off, and is told', async () => {
  const error = new HoldfastError('timeout', 'it does not start');
  expect(await endWith('release', error)).toEqual({ tried: BOTH, failure: error });
});

test('a cut that ended with the promotion is no failure; any other is', async () => {
  expect(await endWith('mend', new HoldfastError('refused', 'not a standby'))).toEqual({ tried: BOTH });
  const error = new HoldfastError('unavailable', 'no answer');
  expect(await endWith('mend', error)).toEqual({ tried: BOTH, failure: error });
});
