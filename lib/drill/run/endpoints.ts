import { HoldfastError } from '../../errors';
import { isUnavailable } from './failures';

/**
 * Asks the endpoints in turn until one answers: every replica of a strongly consistent table says the same.
 * @throws the failure of the last one when none answers
 */
export async function firstAnswer<T>(
  endpoints: readonly string[],
  ask: (region: string) => Promise<T>,
): Promise<T> {
  let failure: unknown = new HoldfastError('unavailable', 'there is no endpoint to ask');
  for (const region of endpoints) {
    try {
      return await ask(region);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      failure = error;
    }
  }
  throw failure;
}
