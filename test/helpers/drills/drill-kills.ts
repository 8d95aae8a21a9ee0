// SIGKILL after every record of the journal, each resumed.
import type { DrillMode } from '../../../lib/drill';
import { DrillStory, type StoryResult } from './drill-story';

/**
 * A drill of a mode whose process is killed right after its n-th record; `way` is where the drill was going. With `lost` the
 * disk of its machine is lost as well, and another goes on.
 */
export async function killAfter(
  mode: DrillMode,
  way: 'forward' | 'back',
  record: number,
  lost: boolean,
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
    if (lost && killed) {
      const [disk, other] = story.disks;
      disk.files.clear();
      await story.live(story.process(other), 'resume');
    }
    await story.finish();
  });
  return { ...result, killed };
}
