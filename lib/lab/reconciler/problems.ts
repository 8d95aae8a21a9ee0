import type { Output } from '../../ports';

/** What is wrong at the moment, by subject; said once when it begins, changes or ends. */
export class Problems {
  private readonly current = new Map<string, string>();

  constructor(private readonly output: Output) {}

  /** Runs a step; a failure is noted under the subject and does not stop the others. */
  async guard(subject: string, step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
      this.clear(subject);
    } catch (error) {
      this.note(subject, error instanceof Error ? error.message : String(error));
    }
  }

  /** Every problem, as `subject: reason`. */
  list(): string[] {
    return [...this.current].map(([subject, reason]) => `${subject}: ${reason}`);
  }

  private note(subject: string, reason: string): void {
    if (this.current.get(subject) === reason) return;
    this.current.set(subject, reason);
    this.output.emit({ code: 'lab.reconcile.failed', level: 'warn', text: `${subject}: ${reason}` });
  }

  private clear(subject: string): void {
    if (!this.current.delete(subject)) return;
    this.output.emit({ code: 'lab.reconcile.recovered', level: 'info', text: `${subject}: recovered` });
  }
}
