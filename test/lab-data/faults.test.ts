import { strike } from '../../lib/lab/daemon/faults';

const REGION = 'us-east-2';

/** A lab of one Region whose gate counts how often it was killed, and which has no cache. */
function labWithoutCache() {
  const killed: string[] = [];
  const follower = { gate: { kill: () => killed.push('gate') }, instances: { kill: () => undefined } };
  const followers = { regions: new Map([[REGION, follower]]) };
  const stores = { caches: new Map(), database: {} };
  type Arguments = Parameters<typeof strike>;
  const act = (action: string, target: string) =>
    strike(
      { action, target, region: REGION },
      stores as unknown as Arguments[1],
      followers as unknown as Arguments[2],
      {} as Arguments[3],
    );
  return { act, killed };
}

test('a whole Region is held and not killed: its gate alone would die, and the answer would be "done"', async () => {
  const { act, killed } = labWithoutCache();
  await expect(act('kill', 'region')).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(/kill is for one process; use hold/),
  });
  expect(killed).toEqual([]);
  await act('kill', 'gate');
  expect(killed).toEqual(['gate']);
});

test.each(['cache', 'clone', 'worker'])('a %s that does not run is not reported as killed', async target => {
  const { act } = labWithoutCache();
  await expect(act('kill', target)).rejects.toMatchObject({ code: 'not-found' });
});
