import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The page with what its policy allows. */
export interface Page {
  readonly html: string;
  /** Value of Content-Security-Policy: this script and this style by their hashes, and nothing from elsewhere. */
  readonly policy: string;
}

const SCRIPTS = ['dom.mjs', 'state.mjs', 'regions.mjs', 'drill.mjs', 'control.mjs', 'main.mjs'];

/** Puts the page together from its parts: one document that asks for nothing but the server's own events. */
export function loadPage(folder: string): Page {
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  const script = `'use strict';\n(() => {\n${SCRIPTS.map(name => asPart(read(name))).join('\n')}})();\n`;
  const style = read('style.css');
  const html = read('page.html')
    .replace('<style></style>', () => `<style>${style}</style>`)
    .replace('<script></script>', () => `<script>${script}</script>`);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, policy };
}

/**
 * The scripts are modules, so that each says what it needs of which; in the page they share one scope, in their order,
 * and what they say to each other falls away.
 */
const asPart = (module: string): string =>
  module.replaceAll(/^import [^;]*;\n/gm, '').replaceAll(/^export (?=const|function|async|let)/gm, '');

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
