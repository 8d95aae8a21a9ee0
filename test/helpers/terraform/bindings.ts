import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The schema of a resource, read from the provider's generated bindings: names, types, nesting, what is required. It is
 * what the bindings know, and no more: no validators, no defaults, no forced replacements. A structural check.
 */
export interface BlockSchema {
  readonly attributes: Readonly<Record<string, AttributeSchema>>;
  readonly blocks: Readonly<Record<string, NestedSchema>>;
}

/** An attribute; `type` is in Terraform's own JSON form: `"string"`, `["list", "string"]`, `["object", {...}]`. */
export interface AttributeSchema {
  readonly type: TypeJson;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
  readonly writeOnly: boolean;
}

/** A nested block. */
export interface NestedSchema {
  readonly block: BlockSchema;
  readonly nesting: 'list' | 'set';
  readonly required: boolean;
  /** 1 for a block that stands once, 0 for any number. */
  readonly most: 0 | 1;
}

/** A type in Terraform's JSON form. */
export type TypeJson =
  | string
  | readonly ['list' | 'set' | 'map', TypeJson]
  | readonly ['object', Record<string, TypeJson>];

const LIBRARY = path.dirname(require.resolve('@cdktf/provider-aws/package.json'));

/** @param type such as `aws_lb_listener`; @param kind a data source has a folder of its own */
export function schemaOf(type: string, kind: 'resource' | 'data' = 'resource'): BlockSchema | undefined {
  const key = `${kind}:${type}`;
  if (!CACHE.has(key)) CACHE.set(key, readSchema(type, kind));
  return CACHE.get(key);
}

const CACHE = new Map<string, BlockSchema | undefined>();

function readSchema(type: string, kind: 'resource' | 'data'): BlockSchema | undefined {
  const folder = `${kind === 'data' ? 'data-' : ''}${type.replaceAll('_', '-')}`.replace(
    kind === 'data' ? /^data-aws/ : /^aws-/,
    kind === 'data' ? 'data-aws' : '',
  );
  let js: string[];
  let declarations: string[];
  try {
    js = readFileSync(path.join(LIBRARY, 'lib', folder, 'index.js'), 'utf8').split('\n');
    declarations = readFileSync(path.join(LIBRARY, 'lib', folder, 'index.d.ts'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  return new BindingReader(js, declarations).read();
}

interface Entry {
  readonly name: string;
  /** Name in the bindings. */
  readonly property: string;
  readonly isBlock: boolean;
  readonly shape: string;
  readonly storage: string;
  /** The function that renders a nested object. */
  readonly mapper?: string;
  readonly list: boolean;
}

/** Reads line by line: one expression over a whole file of this size backtracks for ever. */
class BindingReader {
  private readonly mappers = new Map<string, Entry[]>();
  private readonly required = new Map<string, Set<string>>();
  private readonly computed = new Map<string, TypeJson>();
  private top: Entry[] = [];
  private topName = '';

  constructor(
    private readonly js: readonly string[],
    private readonly declarations: readonly string[],
  ) {}

  read(): BlockSchema {
    this.readMappers();
    this.readRequired();
    this.readComputed();
    return this.blockOf(this.top, this.topName, true);
  }

  private readMappers(): void {
    let current: Entry[] | undefined;
    for (const [index, line] of this.js.entries()) {
      const mapper = /^function (\w+)ToHclTerraform\(/.exec(line)?.[1];
      if (mapper !== undefined) {
        current = [];
        this.mappers.set(mapper, current);
      } else if (line.includes('synthesizeHclAttributes()')) current = this.top;
      else if (line.startsWith('}')) current = undefined;
      const name = /^ {8,12}(\w+): \{$/.exec(line)?.[1];
      if (current === undefined || name === undefined) continue;
      const [value = '', block = '', shape = '', storage = ''] = this.js.slice(index + 1, index + 5);
      if (value.includes('value: ')) current.push(entryOf(name, value, block, shape, storage));
    }
  }

  private readRequired(): void {
    let current: Set<string> | undefined;
    for (const line of this.declarations) {
      const name = /^export interface (\w+)/.exec(line)?.[1];
      if (name !== undefined) {
        current = new Set();
        this.required.set(name, current);
        if (line.includes('TerraformMetaArguments')) this.topName = name;
      } else if (line.startsWith('}')) current = undefined;
      const property = /^ {4}readonly (\w+): /.exec(line)?.[1];
      if (property !== undefined) current?.add(property);
    }
  }

  /** What only the provider says, on the resource itself. */
  private readComputed(): void {
    let from = 0;
    for (const [index, line] of this.js.entries())
      if (/^class .* extends cdktf\.Terraform/.test(line)) from = index;
    for (const [index, line] of this.js.entries()) {
      if (index < from) continue;
      const name = /\/\/ (\w+) - computed: true, optional: (?:true|false), required: false/.exec(line)?.[1];
      if (name === undefined) continue;
      const after = this.js.slice(index + 1, index + 3).join(' ');
      const kind = /get(\w*)Attribute\('/.exec(after)?.[1];
      const list = /new (\w+)List\(this, "(\w+)", (true|false)\)/.exec(after);
      if (kind !== undefined) this.computed.set(name, COMPUTED_TYPES[kind] ?? 'dynamic');
      else if (list !== null)
        this.computed.set(name, [list[3] === 'true' ? 'set' : 'list', this.objectOf(list[1] ?? '')]);
    }
  }

  private objectOf(className: string): TypeJson {
    const from = this.js.findIndex(line => line.startsWith(`class ${className}OutputReference `));
    const fields: Record<string, TypeJson> = {};
    for (const line of this.js.slice(from + 1)) {
      if (line.startsWith('class ')) break;
      const [, kind, name] = /get(\w*)Attribute\('(\w+)'\)/.exec(line) ?? [];
      if (name !== undefined) fields[name] = COMPUTED_TYPES[kind ?? ''] ?? 'string';
    }
    return ['object', fields];
  }

  private blockOf(entries: readonly Entry[], typeName: string, top = false): BlockSchema {
    const required = this.required.get(typeName) ?? new Set();
    const attributes: Record<string, AttributeSchema> = {};
    const blocks: Record<string, NestedSchema> = {};
    for (const entry of entries) {
      const isRequired = required.has(entry.property);
      if (entry.mapper !== undefined && entry.isBlock) {
        const block = this.blockOf(this.mappers.get(entry.mapper) ?? [], capital(entry.mapper));
        // Terraform takes no set of blocks of which a part is of any type, as the bindings have those of WAF.
        const nesting = entry.shape === 'set' && !isOpen(block) ? 'set' : 'list';
        blocks[entry.name] = { block, nesting, required: isRequired, most: entry.list ? 0 : 1 };
        continue;
      }
      const type = this.typeOf(entry);
      const open = type === 'string' || this.computed.has(entry.name) || entry.name === 'desired_capacity';
      const computed = top && !isRequired && open;
      const writeOnly = /_wo$/.test(entry.name);
      attributes[entry.name] = {
        type,
        required: isRequired,
        optional: !isRequired,
        computed: computed && !writeOnly,
        writeOnly,
      };
    }
    if (top) {
      for (const [name, type] of this.computed) {
        if (blocks[name] !== undefined) continue;
        attributes[name] ??= { type, required: false, optional: false, computed: true, writeOnly: false };
      }
    }
    return { attributes, blocks };
  }

  private typeOf({ shape, storage, mapper }: Entry): TypeJson {
    if (mapper === undefined) return SIMPLE_TYPES[storage] ?? 'dynamic';
    const fields = (this.mappers.get(mapper) ?? []).map(entry => [entry.name, this.typeOf(entry)] as const);
    const object: TypeJson = ['object', Object.fromEntries(fields)];
    return shape === 'struct' ? object : [shape === 'set' ? 'set' : 'list', object];
  }
}

function entryOf(name: string, value: string, block: string, shape: string, storage: string): Entry {
  const mapper = /(\w+)ToHclTerraform\b(?=\(|, |\))/.exec(value.replaceAll('cdktf.', 'cdktf_'))?.[1];
  const property = /\((?:this\._|struct\.)(\w+)/.exec(value)?.[1] ?? name;
  const own = mapper !== undefined && !mapper.startsWith('cdktf_') ? mapper : undefined;
  return {
    name,
    property,
    isBlock: block.includes('isBlock: true'),
    shape: /"(\w+)"/.exec(shape)?.[1] ?? '',
    storage: /"(\w+)"/.exec(storage)?.[1] ?? '',
    list: value.includes('listMapperHcl('),
    ...(own === undefined ? {} : { mapper: own }),
  };
}

/** Whether a part of it may be of any type. */
const isOpen = ({ attributes, blocks }: BlockSchema): boolean =>
  Object.values(attributes).some(({ type }) => type === 'dynamic') ||
  Object.values(blocks).some(({ block }) => isOpen(block));

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const COMPUTED_TYPES: Readonly<Record<string, TypeJson>> = {
  String: 'string',
  Number: 'number',
  Boolean: 'bool',
  List: ['list', 'string'],
  NumberList: ['list', 'number'],
  StringMap: ['map', 'string'],
  BooleanMap: ['map', 'bool'],
};

const SIMPLE_TYPES: Readonly<Record<string, TypeJson>> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
  stringList: ['list', 'string'],
  numberList: ['list', 'number'],
  stringMap: ['map', 'string'],
  numberMap: ['map', 'number'],
  booleanMap: ['map', 'bool'],
  any: 'dynamic',
};
