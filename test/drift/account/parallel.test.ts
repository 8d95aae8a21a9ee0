import { AT_A_TIME, inParallel } from '../../../lib/drift/account/parallel';

test('a few are under way at a time, never more, and each answer keeps its place', async () => {
  let [now, most] = [0, 0];
  const answers = await inParallel(
    Array.from({ length: 30 }, (_, at) => at),
    async at => {
      now += 1;
      most = Math.max(most, now);
      for (let turns = 0; turns <= at % 5; turns += 1) await Promise.resolve();
      now -= 1;
      return at * 2;
    },
  );
  expect(most).toBe(AT_A_TIME);
  expect(answers).toEqual(Array.from({ length: 30 }, (_, at) => at * 2));
});

test('what fails is thrown, and nothing is asked for nothing', async () => {
  await expect(inParallel([1], () => Promise.reject(new Error('a fault')))).rejects.toThrow('a fault');
  expect(await inParallel([], () => Promise.reject(new Error('never')))).toEqual([]);
});
