#!/usr/bin/env node
// Writes lib/drift/schema/replacement.json: of each CloudFormation type, the properties whose change replaces the
// resource, and those whose change may. Loading the whole schema takes longer than a run of the drift bot may.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const { loadAwsServiceSpecSync } = createRequire(import.meta.url)('@aws-cdk/aws-service-spec');

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const file = process.argv[2] ?? path.join(root, 'lib', 'drift', 'schema', 'replacement.json');

const named = (properties, cause) =>
  Object.keys(properties)
    .filter(name => properties[name].causesReplacement === cause)
    .sort();

const types = [...loadAwsServiceSpecSync().all('resource')]
  .map(({ cloudFormationType, properties }) => [
    cloudFormationType,
    named(properties, 'yes'),
    named(properties, 'maybe'),
  ])
  .sort(([left], [right]) => (left < right ? -1 : 1));

const lines = types.map(([type, yes, maybe]) => `${JSON.stringify(type)}: ${JSON.stringify([yes, maybe])}`);
writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);
