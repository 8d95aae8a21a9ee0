import { printable } from './text';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** One printable line for the text or a quoted attribute of XML or HTML. What XML cannot hold is dropped. */
export const escaped = (text: string, longest = 1_000): string =>
  printable(text, longest).replace(/[&<>"']/g, letter => ENTITIES[letter] ?? letter);
