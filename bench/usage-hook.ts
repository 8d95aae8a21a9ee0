/** Loaded into a measured child by `--require`: writes what the process used, when it ends, to the file it is told. */
import { writeFileSync } from 'node:fs';

const file = process.env.HOLDFAST_BENCH_USAGE;
if (file !== undefined) {
  process.on('exit', () => writeFileSync(file, JSON.stringify(process.resourceUsage())));
}
