import { type CollectionTag, isCollection, parseDocument, type ScalarTag, YAMLMap } from 'yaml';
import { HoldfastError } from '../../errors';
import type { Json } from '../model';
import { assertDepth } from '../read-json';

/** Short forms of CloudFormation's functions: `!Ref`, `!GetAtt` and the others (AWS, intrinsic function reference). */
const SHORT = [
  ...[
    'Base64',
    'Cidr',
    'FindInMap',
    'GetAtt',
    'GetAZs',
    'GetStackOutput',
    'If',
    'ImportValue',
    'Join',
    'Length',
  ],
  ...['Select', 'Split', 'Sub', 'ToJsonString', 'Transform', 'And', 'Equals', 'Not', 'Or', 'Contains'],
  ...['EachMemberEquals', 'EachMemberIn', 'RefAll', 'ValueOf', 'ValueOfAll'],
];
const LONG = new Map([
  ['Ref', 'Ref'],
  ['Condition', 'Condition'],
  ...SHORT.map(name => [name, `Fn::${name}`] as const),
]);

const TAGS: readonly (ScalarTag | CollectionTag)[] = [...LONG].flatMap(([short, long]) => [
  { tag: `!${short}`, resolve: (text: string) => ({ [long]: text }) },
  ...(['seq', 'map'] as const).map(
    (collection): CollectionTag => ({
      tag: `!${short}`,
      collection,
      resolve: value => {
        const wrapped = new YAMLMap();
        wrapped.set(long, value);
        return wrapped;
      },
    }),
  ),
]);

/**
 * The value of a YAML text, CloudFormation's short forms written out.
 *
 * @throws HoldfastError `invalid-input` for what is no YAML, and for what is nested too deep; it never quotes the text
 */
export function readYaml(text: string, name: string): Json {
  const value = parsed(text, name);
  assertDepth(value, name);
  // What JSON cannot hold, such as a date, is as text what a JSON template would have.
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}

function parsed(text: string, name: string): Json {
  try {
    const document = parseDocument(text, { customTags: [...TAGS], merge: true, prettyErrors: false });
    const [error] = document.errors;
    if (error === undefined) {
      return isCollection(document.contents) ? (document.toJS({ maxAliasCount: 100 }) as Json) : null;
    }
    throw invalid(name, `is no YAML at ${place(text, error.pos[0])} (${error.code})`);
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    const deep = error instanceof RangeError;
    throw invalid(name, deep ? 'is nested too deep' : 'refers to itself too often');
  }
}

function place(text: string, position: number): string {
  const before = text.slice(0, position);
  return `line ${before.split('\n').length}, column ${position - before.lastIndexOf('\n')}`;
}

const invalid = (path: string, message: string): HoldfastError =>
  new HoldfastError('invalid-input', `cannot read ${path}`, [
    { path, message, fix: 'give a template as CloudFormation takes it' },
  ]);
