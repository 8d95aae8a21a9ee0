import { readFileSync } from 'node:fs';
import { HoldfastError } from '../errors';
import type { Json } from './model';

/** Levels of nesting that any document is read with. No template or plan comes near; what recurses is safe below. */
export const DEEPEST = 500;

/**
 * The value of a JSON text.
 *
 * @param name file, or whatever else the text came from, for the error
 * @throws HoldfastError `invalid-input` for what is no JSON, and for what is nested deeper than {@link DEEPEST}; it
 *   names the place and never quotes the text, which may hold secrets
 */
export function readJson(text: string, name: string): Json {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  let value: Json;
  try {
    value = JSON.parse(body) as Json; // V8 parses without recursion
  } catch (error) {
    const deep = placeBelow(body, DEEPEST);
    if (deep !== undefined) throw tooDeep(name, lineAndColumn(body, deep));
    throw noJson(body, name, error instanceof Error ? error.message : '');
  }
  // Looking at the value is several times faster than at each character of the text.
  if (isDeeper(value, DEEPEST)) throw tooDeep(name, lineAndColumn(body, placeBelow(body, DEEPEST) ?? 0));
  return value;
}

/** Whether a value nests deeper than so many levels. */
function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some(each => isDeeper(each as Json, levels - 1));
  for (const key in value)
    if (isDeeper((value as Record<string, Json>)[key] as Json, levels - 1)) return true;
  return false;
}

/**
 * The value of a JSON file, in UTF-8 or in the UTF-16 that some shells write.
 *
 * @throws HoldfastError `invalid-input` also for a file that cannot be read
 */
export function readJsonFile(file: string): Json {
  return readJson(readTextFile(file), file);
}

/**
 * The text of a file, in UTF-8 or in the UTF-16 that some shells write.
 *
 * @throws HoldfastError `invalid-input` for a file that cannot be read
 */
export function readTextFile(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw invalid(file, `cannot be read (${code})`, 'name a file that exists and may be read');
  }
  const utf16 = bytes.length > 1 && bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(utf16 ? 'utf16le' : 'utf8');
}

/**
 * Refuses a value that was read otherwise and is nested deeper than {@link DEEPEST}.
 *
 * @throws HoldfastError `invalid-input`
 */
export function assertDepth(value: Json, name: string): void {
  // A value may stand in many places, and in itself: each is looked at once a level.
  const containers = (values: Iterable<Json>) =>
    new Set([...values].filter(each => typeof each === 'object' && each !== null) as readonly object[]);
  let level = containers([value]);
  for (let depth = 1; level.size > 0; depth += 1) {
    if (depth > DEEPEST) throw tooDeep(name, `level ${depth}`);
    level = containers([...level].flatMap(each => Object.values(each) as Json[]));
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Where a text nests deeper than `limit`, brackets within strings left out. */
function placeBelow(text: string, limit: number): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > limit) return at;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

function noJson(text: string, name: string, message: string): HoldfastError {
  if (text.trim() === '') return invalid(name, 'is empty', 'give a whole JSON document');
  const position = /position (\d+)/.exec(message)?.[1];
  const place = position === undefined ? '' : ` at ${lineAndColumn(text, Number(position))}`;
  const end = /end of JSON|Unterminated/i.test(message) || Number(position) >= text.trimEnd().length;
  return invalid(
    name,
    end ? 'ends before the JSON document does' : `is no JSON${place}`,
    end
      ? 'look whether the file was written to its end'
      : 'give a JSON document; plain text and logs are none',
  );
}

function tooDeep(name: string, place: string): HoldfastError {
  return invalid(
    name,
    `is nested deeper than ${DEEPEST} levels at ${place}`,
    'give a template or plan as the tool wrote it',
  );
}

function lineAndColumn(text: string, position: number): string {
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  return `line ${line}, column ${position - before.lastIndexOf('\n')}`;
}

function invalid(path: string, message: string, fix: string): HoldfastError {
  return new HoldfastError('invalid-input', `cannot read ${path}`, [{ path, message, fix }]);
}
