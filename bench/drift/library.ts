/** The measured process: the CDK's diff library over every stack at once, which its CLI does not offer. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { formatDifferences, fullDiff } from '@aws-cdk/cloudformation-diff';

const folder = process.env.HOLDFAST_BENCH_STACKS ?? '';
const parts: string[] = [];
const text = new Writable({
  write: (chunk, _encoding, done) => {
    parts.push(String(chunk));
    done();
  },
});
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
for (const file of readdirSync(path.join(folder, 'old'))) {
  const after = read(path.join(folder, 'new', file.replace('.json', '.template.json')));
  formatDifferences(text as NodeJS.WriteStream, fullDiff(read(path.join(folder, 'old', file)), after));
}
writeFileSync(path.join(folder, 'library.txt'), parts.join(''));
