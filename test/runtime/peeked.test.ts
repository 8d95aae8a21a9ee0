import { peeked } from '../../lib/runtime/peeked';

/** A turn over a heap of work, and a look at it that a test may blind. */
function poll() {
  const world = { work: 0, looks: 0, turns: 0, blind: false, fails: false };
  const turn = peeked(
    async () => {
      world.looks += 1;
      return !world.blind && world.work > 0;
    },
    async () => {
      world.turns += 1;
      if (world.fails) throw new Error('the database is away');
      world.work = Math.max(0, world.work - 1);
      return world.work > 0;
    },
  );
  return { world, turn };
}

test('a turn that found nothing is followed by looks alone, until one sees something', async () => {
  const { world, turn } = poll();
  for (let time = 0; time < 10; time += 1) expect(await turn(1)).toBe(false);
  expect(world).toMatchObject({ turns: 1, looks: 9 });
  world.work = 3;
  expect([await turn(1), await turn(1), await turn(1)]).toEqual([true, true, false]);
  // Looked once: while there is more, nobody asks.
  expect(world).toMatchObject({ work: 0, turns: 4, looks: 10 });
});

test('a new epoch is worked without a look: what was lost with the old one shows in no place', async () => {
  const { world, turn } = poll();
  await turn(1);
  await turn(2);
  expect(world).toMatchObject({ turns: 2, looks: 0 });
});

test('a turn that failed is made again without a look', async () => {
  const { world, turn } = poll();
  await turn(1);
  world.work = 1;
  world.fails = true;
  await expect(turn(1)).rejects.toThrow('away');
  world.fails = false;
  world.blind = true;
  await turn(1);
  expect(world).toMatchObject({ work: 0, looks: 1 });
});

test('what no look sees is found at the sixty-first', async () => {
  const { world, turn } = poll();
  await turn(1);
  world.work = 1;
  world.blind = true;
  for (let time = 0; time < 60; time += 1) await turn(1);
  expect(world.work).toBe(1);
  await turn(1);
  expect(world.work).toBe(0);
});
