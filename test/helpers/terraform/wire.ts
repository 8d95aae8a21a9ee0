import { decode, Encoder, ExtData, ExtensionCodec } from '@msgpack/msgpack';
import type { BlockSchema, TypeJson } from './bindings';

/** A value that is not known before apply. */
export const UNKNOWN: unique symbol = Symbol('unknown');

/** Values as Terraform sends them: complete objects, with `null` for what is not given. */
export type Value =
  | null
  | boolean
  | number
  | string
  | typeof UNKNOWN
  | Uint8Array
  | Value[]
  | { [key: string]: Value };
/** The state or configuration of a resource. */
export type State = { [key: string]: Value };

const codec = new ExtensionCodec();

/** Reads a value off the wire; an unknown one may come with hints, which are not read. */
export function fromWire(value: { readonly msgpack?: Uint8Array } | null | undefined): Value {
  if (value?.msgpack === undefined || value.msgpack.length === 0) return null;
  return plain(decode(value.msgpack, { extensionCodec: codec }));
}

function plain(value: unknown): Value {
  if (value instanceof ExtData) return UNKNOWN;
  // The type of a value whose type is not in the schema goes before it.
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return value as Value;
}

/** Writes a value for the wire. */
export function toWire(value: Value): { msgpack: Buffer } {
  return { msgpack: Buffer.from(new Encoder({ extensionCodec: codec }).encode(encodable(value))) };
}

function encodable(value: Value): unknown {
  if (value === UNKNOWN) return new ExtData(0, new Uint8Array([0]));
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(encodable);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, encodable(inner)]));
  }
  return value;
}

/** A schema in the protocol's form. */
export function schemaToWire(schema: BlockSchema): object {
  return { version: 0, block: blockToWire(schema) };
}

function blockToWire({ attributes, blocks }: BlockSchema): object {
  return {
    version: 0,
    attributes: Object.entries(attributes).map(
      ([name, { type, required, optional, computed, writeOnly }]) => ({
        name,
        type: Buffer.from(JSON.stringify(type as TypeJson)),
        required,
        optional,
        computed,
        write_only: writeOnly,
      }),
    ),
    block_types: Object.entries(blocks).map(([name, { block, nesting, required, most }]) => ({
      type_name: name,
      block: blockToWire(block),
      nesting: nesting === 'set' ? 'SET' : 'LIST',
      min_items: required ? 1 : 0,
      max_items: most,
    })),
  };
}
