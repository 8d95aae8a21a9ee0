// Calls that arrive late: the first process stands still, mostly with its request signed, and others drive on meanwhile.
import { MODES } from './drill-matrix';
import { DrillStory, type StoryResult } from './drill-story';
import type { Mutant } from './drill-world';

const MINUTE = 60_000;

/** One schedule around a late call. Its seed is its name. */
export async function lateSchedule(seed: number, mutant?: Mutant): Promise<StoryResult> {
  const story = new DrillStory(seed, MODES[seed % MODES.length] as (typeof MODES)[number], mutant);
  const { world } = story;
  const { random } = world.simulation;
  world.database.promotion = random.between(1000, random.pick([2000, 30_000]));
  world.database.staleness = random.pick([0, 45_000]);
  return story.play(async () => {
    await story.warmUp();
    const first = story.process();
    if (random.chance(0.7)) first.stall = random.between(31_000, random.pick([5, 12]) * MINUTE);
    // Longer than any signature lives: then it may not send at all.
    else first.stallUnsigned = random.between(MINUTE, 25 * MINUTE);
    const late = story.live(first, 'run');
    await world.simulation.delay(random.between(MINUTE, 2 * MINUTE));
    const second = story.process();
    // It dies within the time in which its own move does not show yet, or drives the drill to its end.
    if (random.chance(0.5)) {
      second.onRecord = ({ type, step = '' }) => {
        if (type !== 'act' || !step.endsWith('database')) return;
        world.simulation.at(world.simulation.time + random.between(5, 40_000), () => second.kill());
      };
    }
    await story.live(second, 'resume');
    await story.finish();
    if (world.register.record.region === story.to) await story.live(story.process(), 'home');
    await late;
  });
}
