import type { ResourceMapping } from '../resource-mapping';
import { ASYNC } from './async';
import { CACHE } from './cache';
import { CERTIFICATE } from './certificate';
import { COMPUTE } from './compute';
import { CONFIG } from './config';
import { DATABASE } from './database';
import { FUNCTIONS } from './functions';
import { GATE } from './gate';
import { IDENTITY } from './identity';
import { NETWORK } from './network';
import { OPERATIONS } from './operations';
import { STORAGE } from './storage';
import { TRAFFIC } from './traffic';

/** How each type of CloudFormation is said in Terraform. A type that is not here is an error. */
export const MAPPINGS: Readonly<Record<string, ResourceMapping>> = {
  ...NETWORK,
  ...COMPUTE,
  ...IDENTITY,
  ...CERTIFICATE,
  ...TRAFFIC,
  ...GATE,
  ...DATABASE,
  ...CACHE,
  ...STORAGE,
  ...ASYNC,
  ...CONFIG,
  ...FUNCTIONS,
  ...OPERATIONS,
};
