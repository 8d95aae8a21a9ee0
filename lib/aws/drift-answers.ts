import type { Json } from '../drift';
import { ask } from './clients';

/** As JSON has it: times as texts, and nothing that is not there. */
export const plain = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;

/** By the errors with which the services say that something is not there. */
const ABSENT = /NotFound|NoSuch/;

/** Asks; nothing for what is not there, while every other error stays one. */
export function orNothing<T>(what: string, send: () => Promise<T | undefined>): Promise<T | undefined> {
  return ask(what, async () => {
    try {
      return await send();
    } catch (error) {
      if (error instanceof Error && ABSENT.test(error.name)) return undefined;
      throw error;
    }
  });
}
