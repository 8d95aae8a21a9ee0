import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { HoldfastError } from '../../errors';
import { compareTemplates } from '../compare/templates';
import { type JsonObject, own } from '../compare/values';
import type { Comparison, Json, Unchecked } from '../model';
import { readJsonFile } from '../read-json';
import { readTemplateFile } from './templates';

/** One stack of an assembly. */
export interface AssemblyStack {
  /** `-` for a stack that is made for any Region. */
  readonly region: string;
  readonly stack: string;
  /** Name of the artifact: `useast2data07615279`. */
  readonly artifact: string;
  /** Its template. */
  readonly file: string;
  /** Account that it is made for. @default - any */
  readonly account?: string;
  /** Where a deploy puts the template: `s3://bucket/key`. @default - not known */
  readonly uploaded?: string;
}

/** Assemblies within assemblies that are followed. */
const DEEPEST = 10;

/**
 * Every stack of a cloud assembly (`cdk.out`), those of nested assemblies among them.
 *
 * @throws HoldfastError `invalid-input` for a folder that is none
 */
export function stacksOf(folder: string, depth = 0): readonly AssemblyStack[] {
  const manifest = path.join(folder, 'manifest.json');
  const artifacts = own(readJsonFile(manifest), 'artifacts');
  if (typeof artifacts !== 'object' || artifacts === null || depth > DEEPEST) {
    throw invalid(manifest, 'is no manifest of a cloud assembly', 'name the folder that `cdk synth` writes');
  }
  return Object.entries(artifacts).flatMap(([artifact, value]): readonly AssemblyStack[] => {
    const properties = own(value as Json, 'properties');
    const type = own(value as Json, 'type');
    if (type === 'cdk:cloud-assembly') {
      return stacksOf(inside(folder, String(own(properties, 'directoryName') ?? ''), manifest), depth + 1);
    }
    if (type !== 'aws:cloudformation:stack') return [];
    const file = inside(folder, String(own(properties, 'templateFile') ?? ''), manifest);
    const [account = '', region = ''] = String(own(value as Json, 'environment') ?? '')
      .split('/')
      .slice(-2);
    const stack = String(own(properties, 'stackName') ?? artifact);
    const uploaded = own(properties, 'stackTemplateAssetObjectUrl');
    return [
      {
        ...{ region: /^[a-z]{2}-/.test(region) ? region : '-', stack, artifact, file },
        ...(/^\d{12}$/.test(account) ? { account } : {}),
        ...(typeof uploaded === 'string' ? { uploaded } : {}),
      },
    ];
  });
}

/**
 * What a deploy of an assembly would do to what is deployed, by templates alone. Of each stack the folder holds its
 * deployed template as `<region>/<stack>`, `<region>.<stack>` or `<stack>`, each with `.json`, `.template.json`,
 * `.yaml` or `.yml`; or the folder is an assembly itself.
 */
export function compareAssembly(assembly: string, deployed: string): readonly Comparison[] {
  const stacks = stacksOf(assembly);
  const known = existsSync(path.join(deployed, 'manifest.json')) ? stacksOf(deployed) : undefined;
  const used = new Set<string>();
  const compared = stacks.map((stack): Comparison => {
    const alone = stacks.filter(each => each.stack === stack.stack).length === 1;
    const before = known
      ? known.find(each => each.stack === stack.stack && each.region === stack.region)?.file
      : fileOf(deployed, stack, alone);
    if (before === undefined) return missing(stack, deployed);
    used.add(path.resolve(before));
    return comparedFiles(stack, before);
  });
  return [...compared, leftOver(known?.map(({ file }) => file) ?? filesOf(deployed), used)];
}

/** One file that cannot be read hides no other stack. */
function comparedFiles({ region, stack, file }: AssemblyStack, before: string): Comparison {
  const templates: JsonObject[] = [];
  const unchecked: Unchecked[] = [];
  for (const each of [before, file]) {
    try {
      templates.push(readTemplateFile(each));
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      const [problem] = error.problems;
      unchecked.push({
        ...{ region, stack, resource: '-', type: '-', source: 'template' },
        why: `${each} ${problem?.message ?? 'cannot be read'}`,
        fix: problem?.fix ?? 'give a file that can be read',
      });
    }
  }
  const [old, next] = templates;
  if (old === undefined || next === undefined) return { checked: 0, changes: [], unchecked };
  return compareTemplates(old, next, { region, stack });
}

const ENDINGS = ['.json', '.template.json', '.yaml', '.yml', '.template.yaml', '.template.yml'];

function fileOf(
  folder: string,
  { region, stack, artifact }: AssemblyStack,
  alone: boolean,
): string | undefined {
  const names = [path.join(region, stack), `${region}.${stack}`, artifact, ...(alone ? [stack] : [])];
  return names
    .flatMap(name => ENDINGS.map(ending => path.join(folder, `${name}${ending}`)))
    .find(file => existsSync(file));
}

/** Files of a folder that may be templates, one folder a Region among them. */
function filesOf(folder: string): readonly string[] {
  const list = (at: string): readonly string[] => {
    try {
      return readdirSync(at).map(name => path.join(at, name));
    } catch {
      throw invalid(at, 'is no folder that can be read', 'name the folder with the deployed templates');
    }
  };
  const all = list(folder).flatMap(file => (statSync(file).isDirectory() ? list(file) : [file]));
  return all.filter(file => ENDINGS.some(ending => file.endsWith(ending)));
}

function missing({ region, stack }: AssemblyStack, deployed: string): Comparison {
  const place = { region, stack, resource: '-', type: '-', source: 'template' } as const;
  const why = `no deployed template of the stack is in ${deployed}`;
  const fix = `put it there as ${region}/${stack}.json, or an empty one ({"Resources": {}}) for a stack that is new`;
  return { checked: 0, changes: [], unchecked: [{ ...place, why, fix }] };
}

/** Deployed templates that no stack of the assembly claims: a stack that is given up, or a name that nobody knows. */
function leftOver(files: readonly string[], used: ReadonlySet<string>): Comparison {
  const unchecked = files
    .filter(file => !used.has(path.resolve(file)))
    .map(
      (file): Unchecked => ({
        ...{ region: '-', stack: path.basename(file), resource: '-', type: '-', source: 'template' },
        why: `${file} is of no stack of the assembly`,
        fix: 'delete the stack if it is given up, or correct the name of the file',
      }),
    );
  return { checked: 0, changes: [], unchecked };
}

/** A file of the assembly; a manifest that points outside of it is refused. */
function inside(folder: string, name: string, manifest: string): string {
  const file = path.join(folder, name);
  const away = path.relative(folder, file);
  if (away !== '' && !away.startsWith('..') && !path.isAbsolute(away)) return file;
  throw invalid(
    manifest,
    'names a file outside of the assembly, or none',
    'write the assembly anew with `cdk synth`',
  );
}

const invalid = (at: string, message: string, fix: string): HoldfastError =>
  new HoldfastError('invalid-input', `cannot read ${at}`, [{ path: at, message, fix }]);
