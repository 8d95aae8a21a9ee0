import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../helpers/sources';

const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter(Boolean);

test('every relative link in the documentation leads somewhere', () => {
  const broken = documents.flatMap(document => {
    const text = readFileSync(path.join(ROOT, document), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
    return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(match => match[1] ?? '')
      .filter(target => !/^[a-z]+:/.test(target) && !target.startsWith('#'))
      .filter(target => !existsSync(path.resolve(ROOT, path.dirname(document), target.split('#')[0] ?? '')))
      .map(target => `${document} -> ${target}`);
  });
  expect(documents.length).toBeGreaterThan(3);
  expect(broken).toEqual([]);
});
