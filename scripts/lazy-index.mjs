// Makes a compiled list of re-exports load a module when something of it is first asked for, so that one import does
// not load all of them. Only the `require` lines change: ES modules find the names by the form of the getters. (An ES
// module that imports the list still asks for every name.)
import { readFileSync, writeFileSync } from 'node:fs';

const REQUIRE = /^(?:var|const) (\w+) = require\("(\.[^"]+)"\);$/gm;
const LAZY = 'const lazy = load => new Proxy({}, { get: (_target, name) => load()[name] });';

/** Rewrites one compiled file of re-exports in place; one that is lazy already stays as it is. */
export function makeLazy(file) {
  const compiled = readFileSync(file, 'utf8');
  if (compiled.includes(LAZY)) return;
  const lazy = compiled.replaceAll(REQUIRE, 'const $1 = lazy(() => require("$2"));');
  if (lazy === compiled) throw new Error(`${file} has no re-export as the compiler writes it`);
  writeFileSync(file, lazy.replace('"use strict";', `"use strict";\n${LAZY}`));
}
