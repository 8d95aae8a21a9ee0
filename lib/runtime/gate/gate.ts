import { reasonOf } from '../errors';
import type { RegisterReader } from '../register/lease-keeper';
import { isActive } from '../register/register';
import type { Logger } from '../telemetry/logger';

/** What the gate remembers of its last reading. */
export interface GateMemory {
  readonly active: boolean;
  readonly epoch: number;
}

/** Where a gate keeps its memory, so that a cold start has one. */
export interface GateStore {
  /** The memory, or `undefined` when there is none yet; rejects when it cannot be read. */
  load(): Promise<GateMemory | undefined>;
  save(memory: GateMemory): Promise<void>;
}

/** The gate's answer. `stale` marks an answer repeated because the register could not be read. */
export interface GateAnswer {
  readonly status: 200 | 503;
  readonly body: { readonly active: boolean; readonly epoch?: number; readonly stale?: true };
}

/** What a gate stands on. */
export interface GateOptions {
  readonly region: string;
  readonly register: RegisterReader;
  readonly store: GateStore;
  readonly logger: Logger;
}

/**
 * Says whether the register names this Region active (design, "How traffic turns"). When the register cannot be read
 * it repeats the newest answer that this process or the store knows: unknown never flips. With nothing known it is
 * not active.
 */
export class Gate {
  private known: GateMemory | undefined;
  private saved: GateMemory | undefined;

  constructor(private readonly options: GateOptions) {}

  /** One answer to one health checker. Never rejects. */
  async answer(): Promise<GateAnswer> {
    const { register, region, logger } = this.options;
    try {
      const record = await register.read();
      const read = { active: isActive(record, region), epoch: record.epoch };
      this.known = read;
      await this.remember(read);
      return toAnswer(read);
    } catch (error) {
      logger.warn('gate.register-unreadable', { problem: reasonOf(error) });
    }
    this.known = newest(this.known, await this.recall());
    const repeated = toAnswer(this.known ?? { active: false });
    return { ...repeated, body: { ...repeated.body, stale: true } };
  }

  /** Writes only what is new to the store; a failure costs nothing but the memory of a later cold start. */
  private async remember(memory: GateMemory): Promise<void> {
    const { store, logger } = this.options;
    if (this.saved?.active === memory.active && this.saved.epoch === memory.epoch) return;
    try {
      const kept = await store.load();
      if (newest(memory, kept) === memory) await store.save(memory);
      this.saved = memory;
    } catch (error) {
      logger.warn('gate.memory-not-written', { problem: reasonOf(error) });
    }
  }

  private async recall(): Promise<GateMemory | undefined> {
    try {
      return await this.options.store.load();
    } catch (error) {
      this.options.logger.warn('gate.memory-unreadable', { problem: reasonOf(error) });
      return undefined;
    }
  }
}

/** The later of two in the register's history; within one epoch `active` comes last. `a` when they are the same. */
function newest(a: GateMemory | undefined, b: GateMemory | undefined): GateMemory | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.epoch !== b.epoch) return a.epoch > b.epoch ? a : b;
  return b.active && !a.active ? b : a;
}

function toAnswer(memory: { active: boolean; epoch?: number }): GateAnswer {
  return { status: memory.active ? 200 : 503, body: { active: memory.active, epoch: memory.epoch } };
}
