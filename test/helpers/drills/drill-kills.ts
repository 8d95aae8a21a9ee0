// SIGKILL after every record of the journal, each resumed.
import type { DrillMode } from '../../../lib/drill';
import { DrillStory, type StoryResult } from './drill-story';

/** A drill of a mode whose process is killed right after its n-th record; `way` is where the drill was going. */
export async function killAfter(
  mode: DrillMode,
  way: 'forward' | 'back',
  record: number,
): Promise<StoryResult & { readonly killed: boolean }> {
  const story = new DrillStory(1, mode);
  let records = 0;
  let killed = false;
  const result = await story.play(async () => {
    await story.warmUp();
    const runner = story.process();
    runner.onRecord = ({ type, step }) => {
      records += 1;
      if (way === 'back' && type === 'step-end' && step === 'announce-promotion') runner.stop.abort();
      killed = records === record;
      if (killed) runner.kill();
    };
    await story.live(runner, 'run');
    await story.finish();
  });
  return { ...result, killed };
}
