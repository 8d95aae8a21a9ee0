import type { DriftRule } from '../classify/rule';
import { toolMetadata } from './noise/tool-metadata';

/** Every rule, those that explain away before those that warn. */
export const DRIFT_RULES: readonly DriftRule[] = [toolMetadata];
