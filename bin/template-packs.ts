#!/usr/bin/env node
import { judgeByCdkPacks } from '../constructs/policy/template-packs';

/**
 * Judges a plain template by packs of cdk-nag: `template-packs.js <template file> <pack>...`, one JSON document on
 * standard output. Started by `holdfast check --template --pack`, in a process of its own since it loads the CDK.
 */
const [, , templateFile = '', ...packs] = process.argv;
process.stdout.write(JSON.stringify(judgeByCdkPacks(templateFile, packs)));
