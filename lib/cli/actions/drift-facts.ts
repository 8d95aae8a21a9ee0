import { z } from 'zod';
import { type Facts, readJsonFile } from '../../drift';
import { HoldfastError } from '../../errors';

const record = z.object({ epoch: z.number().int().positive(), region: z.string().min(1) });
/** The record itself, or a document that carries it, as `holdfast status --json` prints it. */
const schema = z.union([
  record.extend({ phase: z.literal('active').optional() }),
  z.object({ register: z.object({ record: record.extend({ phase: z.literal('active') }) }) }),
]);

/**
 * What is known of the application, so that a failover is not taken for drift.
 *
 * @throws HoldfastError `invalid-input` for a file that names no active Region: half a move explains nothing
 */
export function factsOf(options: { readonly register?: string; readonly seed?: string }): Facts {
  const born = options.seed === undefined ? {} : { seed: options.seed };
  if (options.register === undefined) return born;
  const read = schema.safeParse(readJsonFile(options.register));
  if (!read.success) {
    const problem = {
      path: options.register,
      message: 'holds no record of a register that is active',
      fix: 'give { "epoch": 4, "region": "us-west-2" }, or what `holdfast status --json` prints',
    };
    throw new HoldfastError('invalid-input', 'the register is not known', [problem]);
  }
  const { epoch, region } = 'register' in read.data ? read.data.register.record : read.data;
  return { ...born, register: { epoch, region } };
}
