/**
 * What a topology's shape needs of zod, by name. The build makes this one file (scripts/bundle-zod.mjs): as published, zod
 * is 90 modules, most of them texts in languages that nobody asks for, and loading them took longer than all else that
 * an app of two Regions does to read its topology (decision 0080).
 */
export {
  array,
  boolean,
  type core,
  discriminatedUnion,
  enum,
  gt,
  gte,
  int,
  literal,
  lte,
  number,
  optional,
  record,
  regex,
  strictObject,
  string,
  undefined,
  unknown,
  type ZodMiniType,
} from 'zod/mini';
