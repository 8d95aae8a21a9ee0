import { type Rule, whether } from '../rule';

const LONGEST = 32;

/** A Region switch plan has a name that is accepted. */
export const regionSwitchName: Rule = {
  id: 'RegionSwitchName',
  title: 'the name of a Region switch plan has at most 32 characters',
  why: 'a longer name is refused at deploy, and the plan is missing when it is needed',
  fix: 'shorten Name',
  source: 'ARC Region switch, API_Plan',
  types: ['AWS::ARCRegionSwitch::Plan'],
  evaluate: plan =>
    whether(
      plan,
      'Properties.Name',
      name => typeof name === 'string' && name.length > 0 && name.length <= LONGEST,
    ),
};
