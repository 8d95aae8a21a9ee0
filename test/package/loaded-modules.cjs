// Loads what it is told, as an app would, and prints how many modules came with it, by package.
require(process.argv[2]);
const packages = {};
for (const file of Object.keys(require.cache)) {
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
  if (name !== undefined) packages[name] = (packages[name] ?? 0) + 1;
}
process.stdout.write(JSON.stringify(packages));
