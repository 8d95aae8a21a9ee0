import { QueueConsumer, type QueueConsumerOptions } from '../../runtime/queue/queue-consumer';
import { MessageWork, type MessageWorkOptions } from './message-work';

/** What the consumer stands on. */
export interface ConsumerOptions extends Omit<QueueConsumerOptions, 'work' | 'ready'>, MessageWorkOptions {
  readonly clock: QueueConsumerOptions['clock'];
}

/** Takes messages while this Region is active, and removes each only after its work stands in the database. */
export class Consumer extends QueueConsumer {
  constructor(parts: ConsumerOptions) {
    const work = new MessageWork(parts);
    super({
      ...parts,
      ready: () => parts.activation.state().active,
      work: message => work.work(message),
    });
  }
}
