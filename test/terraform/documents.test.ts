import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OMISSIONS } from '../../lib/terraform/omissions';
import { ROOT } from '../helpers/sources';
import { parityTable } from './parity-table';

const PARITY = path.join(ROOT, 'docs/terraform-parity.md');
const BEGINS = '## Types\n\n';

test('the parity table in the guide is that of the translation; HOLDFAST_WRITE=1 writes it', () => {
  const [introduction = '', table] = readFileSync(PARITY, 'utf8').split(BEGINS);
  if (process.env.HOLDFAST_WRITE === '1') writeFileSync(PARITY, `${introduction}${BEGINS}${parityTable()}`);
  else expect(table).toBe(parityTable());
});

test('the guide tells what is left out', () => {
  const guide = readFileSync(path.join(ROOT, 'docs/terraform.md'), 'utf8');
  for (const { path: pattern } of OMISSIONS) {
    const place = pattern.source.replace(/^\^/, '').split('\\/').slice(0, 2).join('/');
    expect(guide).toContain(`\`${place}\``);
  }
});
