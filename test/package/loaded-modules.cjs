// Loads what it is told, as an app would, and asks for one of its names if one is given, and prints how many modules came with it, by package.
const [, , entry, name] = process.argv;
const loaded = require(entry);
if (name && typeof loaded[name] !== 'function') throw new Error(`${entry} has no ${name}`);
const packages = {};
for (const file of Object.keys(require.cache)) {
  const owner = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
  if (owner !== undefined) packages[owner] = (packages[owner] ?? 0) + 1;
}
process.stdout.write(JSON.stringify(packages));
