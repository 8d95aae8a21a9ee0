import { type Adversarial, wrongWith } from './adversarial/case';
import { DATA } from './adversarial/data';
import { IAM } from './adversarial/iam';
import { NETWORK } from './adversarial/network';
import { REFERENCES } from './adversarial/references';
import { comparedStacks, STACKS } from './adversarial/stacks';
import { TERRAFORM } from './adversarial/terraform';
import { deployed, findings } from './judged';
import { compared } from './terraform/plans';

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

describe('several stacks', () => {
  test.each(STACKS)('%s', (_name, stacks, right) => {
    expect(wrongWith(findings(comparedStacks(stacks)), right)).toEqual([]);
  });
});

describe('Terraform', () => {
  test.each(TERRAFORM)('%s', (_name, plan, right) => {
    expect(wrongWith(findings([compared(plan)]), right)).toEqual([]);
  });
});
