import type { Construct } from 'constructs';
import { StreamReader } from './stream-reader';
import type { StreamWorkerProps } from './stream-worker-props';

/**
 * Works a stream in order by a function that runs your work. A record that fails stops its shard and comes again; the
 * batch is halved until it stands alone, and after a bounded number of retries, or a bounded age, its place goes to
 * the failures and the shard goes on.
 *
 * With a register the worker runs only in the active Region. A standby's batches come back, and are given up like
 * any other when their retries or their age are used up; so gate the workers of what is written in the active Region
 * alone, and leave ungated what every Region needs, such as the invalidator of its own cache.
 */
export class StreamWorker extends StreamReader {
  /** @throws HoldfastError `invalid-input` with every wrong value */
  constructor(scope: Construct, id: string, props: StreamWorkerProps) {
    super(scope, id, { ...props, bundle: 'stream-worker' });
  }
}
