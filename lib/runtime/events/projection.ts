import type { EventLog, StoredEvent } from './event-store';

/** A read model made of events, with the place that each stream has reached in it. */
export interface ReadModel {
  /** Last version of a stream that is in the model; 0 when none is. */
  position(stream: string): Promise<number>;
  /**
   * Puts one event into the model and moves the stream's place to its version, both or neither. Called with the
   * version that follows the place and with no other.
   */
  apply(event: StoredEvent): Promise<void>;
  /** Empties the model, places included. */
  clear(): Promise<void>;
}

/**
 * Keeps a read model in step with the events. Each event is put in once and in order, whatever comes twice or too
 * early: what is missing in between is read from the log.
 */
export class Projection {
  constructor(
    private readonly log: Pick<EventLog, 'read' | 'readAll'>,
    private readonly model: ReadModel,
  ) {}

  /** Takes one event, from a stream of changes or from anywhere. */
  async take(event: StoredEvent): Promise<void> {
    const position = await this.model.position(event.stream);
    if (event.version <= position) return;
    if (event.version === position + 1) return this.model.apply(event);
    await this.catchUp(event.stream, position);
  }

  /** Makes the model anew from all events. Stop what else feeds it meanwhile, or build beside it and turn readers over. */
  async rebuild(): Promise<void> {
    await this.model.clear();
    for await (const event of this.log.readAll()) await this.take(event);
  }

  private async catchUp(stream: string, from: number): Promise<void> {
    let position = from;
    for (;;) {
      const page = await this.log.read(stream, position);
      if (page.length === 0) return;
      for (const event of page) await this.model.apply(event);
      position = page.at(-1)?.version ?? position;
    }
  }
}
