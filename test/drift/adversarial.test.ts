import { type Adversarial, wrongWith } from './adversarial/case';
import { DATA } from './adversarial/data';
import { IAM } from './adversarial/iam';
import { NETWORK } from './adversarial/network';
import { REFERENCES } from './adversarial/references';
import { deployed } from './judged';

describe.each<[string, readonly Adversarial[]]>([
  ['who may do more', IAM],
  ['who may reach more', NETWORK],
  ['what holds data', DATA],
  ['what decides a value elsewhere', REFERENCES],
])('%s', (_what, cases) => {
  test.each(cases)('%s', (_name, before, after, right) => {
    expect(wrongWith(deployed(before, after), right)).toEqual([]);
  });
});
