/**
 * How much a request matters when not all can be served.
 *
 * `replay`: the same key is or was in hand here, so part of its work may be done, and turning it away again makes a
 * client that did nothing wrong wait twice. `write`: an order that is turned away comes back or is lost business.
 * `read`: cheap, and often answered from a cache on the way. `background`: lists, reports, whatever asked to be it.
 */
export const PRIORITIES = ['replay', 'write', 'read', 'background'] as const;
/** One of the priorities. */
export type Priority = (typeof PRIORITIES)[number];

/**
 * Turns of each priority out of every 15 while all of them wait. Weights and not a strict order, so that no class is
 * starved however long the overload lasts.
 */
export const WEIGHTS: Readonly<Record<Priority, number>> = { replay: 8, write: 4, read: 2, background: 1 };

/** The header in which a client says what it thinks of its own request. */
export const PRIORITY_HEADER = 'x-holdfast-priority';

/**
 * The priority of a request: its route's, unless the client asks for less. A client may step back and never push to
 * the front, so the header needs no trust. What is not a priority changes nothing.
 */
export function admittedPriority(own: Priority, asked: string | undefined): Priority {
  if (asked === undefined) return own;
  const wanted = PRIORITIES.indexOf(asked as Priority);
  return wanted > PRIORITIES.indexOf(own) ? (asked as Priority) : own;
}

/** Remembers what was in hand lately, at most `size` keys, the oldest forgotten first. */
export class RecentKeys {
  private readonly keys = new Set<string>();

  constructor(private readonly size: number) {}

  /** Whether the key was added lately. */
  has(key: string): boolean {
    return this.keys.has(key);
  }

  /** Notes a key. */
  add(key: string): void {
    this.keys.delete(key);
    this.keys.add(key);
    if (this.keys.size <= this.size) return;
    const [oldest = key] = this.keys;
    this.keys.delete(oldest);
  }
}
