import type { Journal } from '../drill';
import type { LabStatus } from '../lab';
import type { Clock } from '../ports';
import { type AnswerOptions, askGate, askService } from './answers';
import type { DrillControl, ShownDrill } from './control';
import { type DrillView, drillView } from './drill-view';
import { type DrillFiles, newestDrill, reportOf } from './drills';
import { Sighting } from './fact';
import { LabFacts } from './lab-facts';
import { trafficOf } from './traffic';
import type { GateView, LabView, ServiceView, UiView } from './view';

/** Where the page's facts come from. */
export interface WatchOptions {
  readonly clock: Clock;
  readonly lab: LabView;
  /** One look at the lab; never throws for what it cannot see. */
  readonly look: () => Promise<LabStatus>;
  readonly answers: AnswerOptions;
  readonly drills: DrillFiles;
}

/** Milliseconds between two looks: while a page is open, and while none is. */
const LOOK = { watched: 1000, unwatched: 5000 };
/** Milliseconds between two views sent to a page. */
const PUBLISH = 500;
/** Looks in a row that find no lab until it counts as gone. */
const GONE_AFTER = 2;

/** Looks at the lab again and again, and tells every page what it saw. */
export class Watch {
  readonly facts: LabFacts;
  private readonly gates = new Map<string, Sighting<GateView>>();
  private readonly services = new Map<string, Sighting<ServiceView>>();
  private readonly pages = new Set<(view: UiView) => void>();
  private wake = new AbortController();

  constructor(private readonly options: WatchOptions) {
    const { clock, lab } = options;
    this.facts = new LabFacts(clock);
    for (const region of lab.regions) {
      this.gates.set(region, new Sighting(clock));
      this.services.set(region, new Sighting(clock));
    }
  }

  /** Tells a page everything from now on; returns the way to stop. */
  subscribe(page: (view: UiView) => void): () => void {
    this.pages.add(page);
    this.wake.abort();
    return () => this.pages.delete(page);
  }

  /** Looks until the lab is gone (resolves) or the signal aborts (resolves too). */
  async run(control: DrillControl, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    const beside = [this.askLoop(until), this.publishLoop(control, until)];
    try {
      await this.lookLoop(until);
    } finally {
      over.abort();
      await Promise.all(beside);
    }
  }

  /** What is known now. */
  view(control: DrillControl): UiView {
    const { clock, lab, drills } = this.options;
    const now = clock.now();
    const journal = newestDrill(drills, () => clock.now());
    const ledger = journal?.last('begin')?.ledger;
    const drill = journal === undefined ? undefined : this.drill(journal, control);
    const { facts } = this;
    return {
      version: 1,
      at: now.toISOString(),
      lab,
      register: facts.register.fact(),
      name: facts.name.fact(),
      regions: facts.regions.fact(),
      answers: Object.fromEntries(lab.regions.map(region => [region, this.answersOf(region)])),
      traffic: ledger !== undefined && isLoaded(drill) ? (trafficOf(ledger.file, now) ?? null) : null,
      problems: facts.problems,
      unknown: facts.unknown,
      drill: drill ?? null,
      control: control.view(),
    };
  }

  /** The newest drill as the control needs it. */
  shown(): ShownDrill | undefined {
    const { clock, drills } = this.options;
    const journal = newestDrill(drills, () => clock.now());
    const id = journal?.last('begin')?.id;
    if (journal === undefined || id === undefined) return undefined;
    // One that died before its plan moved nothing, and no other drill minds it.
    const open = journal.unfinished && (journal.plan !== undefined || this.facts.driven(id) !== false);
    const stopped = (journal.last('safe-stop')?.seq ?? 0) > (journal.last('resume')?.seq ?? 0);
    return { id, open, driven: stopped ? false : this.facts.driven(id) };
  }

  private drill(journal: Journal, control: DrillControl) {
    const id = journal.last('begin')?.id ?? '';
    const report = journal.unfinished ? undefined : reportOf(this.options.drills, id);
    return drillView(journal, { driven: control.busy || this.facts.driven(id), report });
  }

  private answersOf(region: string): UiView['answers'][string] {
    const unseen = { value: null, ageSeconds: null };
    return {
      gate: this.gates.get(region)?.fact() ?? unseen,
      service: this.services.get(region)?.fact() ?? unseen,
    };
  }

  private async lookLoop(signal: AbortSignal): Promise<void> {
    let gone = 0;
    while (!signal.aborted) {
      const status = await Promise.race([this.options.look(), abortOf(signal)]);
      if (status === undefined) return;
      gone = status.running ? 0 : gone + 1;
      if (gone >= GONE_AFTER) return;
      if (status.running) this.facts.take(status);
      await this.rest(this.pages.size > 0 ? LOOK.watched : LOOK.unwatched, signal);
    }
  }

  private async askLoop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.pages.size > 0) await Promise.all(this.options.lab.regions.map(region => this.ask(region)));
      await this.rest(LOOK.watched, signal);
    }
  }

  private async ask(region: string): Promise<void> {
    const [gate, service] = await Promise.all([
      askGate(this.options.answers, region),
      askService(this.options.answers, region),
    ]);
    this.gates.get(region)?.saw(gate);
    this.services.get(region)?.saw(service);
  }

  private async publishLoop(control: DrillControl, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.pages.size > 0) {
        const view = this.view(control);
        for (const page of this.pages) page(view);
      }
      await this.rest(PUBLISH, signal);
    }
  }

  /** Waits; a page that has just been opened ends the wait of all. */
  private async rest(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.wake.signal.aborted) this.wake = new AbortController();
    const until = AbortSignal.any([signal, this.wake.signal]);
    await this.options.clock.sleep(milliseconds, until).catch(() => undefined);
  }
}

/** Resolves when the signal aborts: a look that hangs must not keep the server from ending. */
const abortOf = (signal: AbortSignal): Promise<undefined> =>
  new Promise(resolve => signal.addEventListener('abort', () => resolve(undefined), { once: true }));

/** Whether the load still runs: from the beginning to the last step, while somebody drives. */
const isLoaded = (drill: DrillView | undefined): boolean =>
  drill !== undefined &&
  ['preflight', 'running', 'going-back'].includes(drill.state) &&
  (drill.phases.length === 0 || drill.phases.some(phase => phase.state !== 'done'));
