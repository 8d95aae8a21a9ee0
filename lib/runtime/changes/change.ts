import { RuntimeError } from '../errors';

/** One change of one thing, the same whether a table's stream or an outbox tells of it. */
export interface Change {
  /** Unique; the same when the change is told twice. */
  readonly id: string;
  /** What changed: the table, or the kind of thing. */
  readonly entity: string;
  /** Which of them: its key as text. */
  readonly key: string;
  readonly type: 'inserted' | 'modified' | 'removed';
  /** When, in ISO 8601. */
  readonly at: string;
  /** Epoch under which it was written, where the source knows it. */
  readonly epoch?: number;
  /** As it was; absent when it was not there or the source does not say. */
  readonly before?: Readonly<Record<string, unknown>>;
  /** As it is; absent when it is gone. */
  readonly after?: Readonly<Record<string, unknown>>;
}

const TYPES = { INSERT: 'inserted', MODIFY: 'modified', REMOVE: 'removed' } as const;

/** An attribute value of DynamoDB, as a stream's record holds it. */
type Attribute = Readonly<Record<string, unknown>>;
type Image = Readonly<Record<string, Attribute>>;

interface TableRecord {
  readonly eventID?: string;
  readonly eventName?: string;
  readonly eventSourceARN?: string;
  readonly dynamodb?: {
    readonly ApproximateCreationDateTime?: number;
    readonly Keys?: Image;
    readonly NewImage?: Image;
    readonly OldImage?: Image;
  };
}

/**
 * The change that a record tells of: a whole record of a DynamoDB stream, or the JSON of an outbox.
 *
 * @throws RuntimeError `invalid-input` when it is neither
 */
export function changeOf(data: unknown): Change {
  if (!isObject(data)) throw refusal('/', data, 'an object');
  return isObject(data.dynamodb) ? ofTable(data as TableRecord) : ofOutbox(data as Partial<Change>);
}

function ofTable({ eventID, eventName, eventSourceARN, dynamodb = {} }: TableRecord): Change {
  const type = TYPES[eventName as keyof typeof TYPES];
  if (type === undefined) throw refusal('/eventName', eventName, 'INSERT, MODIFY or REMOVE');
  const { Keys, NewImage, OldImage, ApproximateCreationDateTime: seconds = 0 } = dynamodb;
  const after = NewImage === undefined ? undefined : plain(NewImage);
  const before = OldImage === undefined ? undefined : plain(OldImage);
  return {
    id: eventID ?? '',
    entity: /:table\/([^/]+)/.exec(eventSourceARN ?? '')?.[1] ?? '',
    key: Object.values(plain(Keys ?? {})).join('/'),
    type,
    at: new Date(seconds * 1000).toISOString(),
    ...epochOf(after ?? before),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

/** An item that carries its epoch says so by this attribute. */
function epochOf(image: Readonly<Record<string, unknown>> | undefined) {
  return Number.isSafeInteger(image?.epoch) ? { epoch: image?.epoch as number } : {};
}

function ofOutbox(change: Partial<Change>): Change {
  for (const name of ['id', 'entity', 'key', 'at'] as const) {
    if (typeof change[name] !== 'string' || change[name] === '')
      throw refusal(`/${name}`, change[name], 'a text');
  }
  if (!Object.values(TYPES).includes(change.type as Change['type'])) {
    throw refusal('/type', change.type, Object.values(TYPES).join(', '));
  }
  return change as Change;
}

const plain = (image: Image): Record<string, unknown> =>
  Object.fromEntries(Object.entries(image).map(([name, value]) => [name, plainValue(value)]));

/** Numbers that JavaScript cannot hold exactly stay text. */
function plainValue(attribute: Attribute): unknown {
  const [kind, value] = Object.entries(attribute)[0] ?? [];
  if (kind === 'N') return exactNumber(String(value));
  if (kind === 'NS') return (value as string[]).map(exactNumber);
  if (kind === 'M') return plain(value as Image);
  if (kind === 'L') return (value as Attribute[]).map(plainValue);
  return kind === 'NULL' ? null : value;
}

function exactNumber(text: string): number | string {
  const value = Number(text);
  return String(value) === text ? value : text;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function refusal(path: string, received: unknown, fix: string): RuntimeError {
  return new RuntimeError('invalid-input', 'the record tells of no change', [
    { path, received, message: 'has another shape', fix: `give ${fix}` },
  ]);
}
