import type { Clock } from '../clock';
import { RuntimeError, reasonOf } from '../errors';
import { boundedSlots, slotOf } from './bounded-slots';
import { parseRingDocument, type RingDocument, shardRouter } from './shard-ring';

/** Where a key goes. */
export interface ShardRoute {
  /** The shard that owns the key: all writes go there, and readings first. */
  readonly shard: string;
  /** Where the shard is, if the document says so. */
  readonly endpoint?: string;
  /** Version of the ring that says so: each write carries it, and a shard that knows a newer ring refuses it. */
  readonly version: number;
  /**
   * The shard that owned the key before, while keys are being moved: what the owner does not have is read there, and
   * brought over before it is changed. Never written to.
   */
  readonly readAlso?: { readonly shard: string; readonly endpoint?: string };
}

/** What is known of the ring. */
export interface DirectoryStatus {
  readonly version: number;
  /** Milliseconds since a document, new or the same, was last accepted. */
  readonly ageMilliseconds: number;
  /** Why the newest document was not accepted, until one is. */
  readonly problem?: string;
}

interface Accepted {
  readonly document: RingDocument;
  readonly text: string;
  readonly ownerOf: (key: string) => string;
  readonly movingFrom: (key: string) => string | undefined;
}

/** Routes keys by the last good ring document, whatever becomes of the source of documents. */
export class ShardDirectory {
  private accepted: Accepted | undefined;
  private acceptedAt = 0;
  private problem: string | undefined;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /**
   * Takes a document as config delivered it. One that is damaged, older than the present one, or another under the same
   * version changes nothing, and is told by `status`.
   *
   * @returns whether it is the present one now
   */
  offer(text: string): boolean {
    try {
      const document = parseRingDocument(text);
      const now = this.accepted?.document;
      if (now !== undefined && document.version < now.version)
        throw new Error(`version ${document.version} is older than ${now.version}`);
      if (now?.version !== document.version) this.accepted = accept(document);
      else if (this.accepted?.text !== canonical(document))
        throw new Error(`version ${document.version} came with another content`);
      this.acceptedAt = this.clock.monotonic();
      this.problem = undefined;
      return true;
    } catch (error) {
      this.problem = reasonOf(error);
      return false;
    }
  }

  /** What is known; undefined before the first good document. */
  get status(): DirectoryStatus | undefined {
    if (this.accepted === undefined) return undefined;
    const status = {
      version: this.accepted.document.version,
      ageMilliseconds: this.clock.monotonic() - this.acceptedAt,
    };
    return this.problem === undefined ? status : { ...status, problem: this.problem };
  }

  /** The document in force; undefined before the first good one. */
  get document(): RingDocument | undefined {
    return this.accepted?.document;
  }

  /** The document in force as text, for those who know an older one. */
  get text(): string | undefined {
    return this.accepted?.text;
  }

  /** Where a key goes. @throws RuntimeError `unavailable` before the first good document */
  route(key: string): ShardRoute {
    if (this.accepted === undefined)
      throw new RuntimeError('unavailable', `no ring is known: ${this.problem ?? 'none was delivered yet'}`);
    const { document, ownerOf, movingFrom } = this.accepted;
    const old = movingFrom(key);
    return {
      ...placeOf(document, ownerOf(key)),
      version: document.version,
      ...(old === undefined ? {} : { readAlso: placeOf(document, old) }),
    };
  }
}

function placeOf({ endpoints }: RingDocument, shard: string) {
  const endpoint = endpoints?.[shard];
  return endpoint === undefined ? { shard } : { shard, endpoint };
}

/** The document as text, its fields in one order: on its way through config they may have come into another. */
function canonical(document: RingDocument): string {
  const sorted = (_name: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value;
  return JSON.stringify(document, sorted);
}

function accept(document: RingDocument): Accepted {
  const { bounded, virtualNodes, shards, movingFrom } = document;
  const text = canonical(document);
  if (bounded === undefined) {
    const router = shardRouter(document);
    return { document, text, ownerOf: key => router.ownerOf(key), movingFrom: key => router.movingFrom(key) };
  }
  const options = { ...bounded, virtualNodes };
  const now = boundedSlots(shards, options);
  const before = movingFrom && boundedSlots(movingFrom, options);
  return {
    document,
    text,
    ownerOf: key => now[slotOf(key, bounded.slots)] as string,
    movingFrom: key => {
      const slot = slotOf(key, bounded.slots);
      return before?.[slot] === now[slot] ? undefined : before?.[slot];
    },
  };
}
