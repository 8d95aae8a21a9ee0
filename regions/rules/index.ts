/** The rules that relate values of a topology to each other and to the catalogue; one concern a file. */
import type { Problem } from '../../lib/errors';
import type { Draft } from '../draft';
import { capacityProblems } from './capacity';
import { databaseProblems } from './database';
import { gateProblems } from './gate';
import { homeProblems } from './homes';
import { identityProblems } from './identity';
import { journeyProblems } from './journeys';
import { jurisdictionProblems } from './jurisdictions';
import { networkProblems } from './network';
import { placeProblems } from './places';
import { registerProblems } from './register';
import { residencyProblems } from './residency';
import { serviceLevelProblems } from './service-levels';
import { tagProblems } from './tags';
import { zoneProblems } from './zones';

/** A rule: reads a draft and reports every problem it sees. Never throws. */
export type Rule = (draft: Draft) => readonly Problem[];

/** Every rule, in the order in which problems are reported. */
export const RULES: readonly Rule[] = [
  placeProblems,
  zoneProblems,
  networkProblems,
  registerProblems,
  residencyProblems,
  jurisdictionProblems,
  capacityProblems,
  databaseProblems,
  homeProblems,
  identityProblems,
  gateProblems,
  tagProblems,
  serviceLevelProblems,
  journeyProblems,
];
