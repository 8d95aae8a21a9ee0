import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileJournals } from '../../lib/drill';
import { Journal } from '../../lib/drill/run/journal';

const now = () => new Date('2026-11-26T10:00:00Z');

describe('a journal on disk', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'holdfast-journal-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const open = (id: string) => new Journal(fileJournals(directory).open(id), now);
  const file = (id: string) => path.join(directory, id, 'journal.jsonl');

  test('holds what was appended, one line a fact, for its owner only', () => {
    const journal = open('one');
    journal.append({ type: 'begin', mode: 'switchover', id: 'one', to: 'us-west-2' });
    journal.append({ type: 'step-begin', step: 'fence' });
    expect(readFileSync(file('one'), 'utf8').trim().split('\n')).toHaveLength(2);
    expect(statSync(file('one')).mode & 0o777).toBe(0o600);
    expect(open('one').entries).toEqual([
      {
        seq: 1,
        at: '2026-11-26T10:00:00.000Z',
        type: 'begin',
        mode: 'switchover',
        id: 'one',
        to: 'us-west-2',
      },
      { seq: 2, at: '2026-11-26T10:00:00.000Z', type: 'step-begin', step: 'fence' },
    ]);
  });

  test('a line that a kill tore is left out, and the next one is whole', () => {
    open('one').append({ type: 'begin', mode: 'switchover', id: 'one', to: 'us-west-2' });
    appendFileSync(file('one'), '{"seq":2,"type":"act","st');
    const resumed = open('one');
    expect(resumed.entries).toHaveLength(1);
    resumed.append({ type: 'resume', holder: 'me' });
    expect(open('one').entries.map(entry => entry.type)).toEqual(['begin', 'resume']);
  });

  test('is unfinished until it ends', () => {
    const journal = open('one');
    expect(journal.unfinished).toBe(false);
    journal.append({ type: 'begin', mode: 'switchover', id: 'one', to: 'us-west-2' });
    expect(journal.unfinished).toBe(true);
    journal.append({ type: 'safe-stop', reason: 'stuck', next: 'holdfast drill resume one' });
    expect(journal.unfinished).toBe(true);
    journal.append({ type: 'end', outcome: 'done' });
    expect(journal.unfinished).toBe(false);
  });

  test('has reached the disk before anything is sent, or turned', () => {
    const lazy = new Map<string, boolean>();
    const append = (line: string, isLazy = false) => void lazy.set(JSON.parse(line).type, isLazy);
    const journal = new Journal({ append, read: () => '' }, now);
    const step = 'fence';
    journal.append({ type: 'begin', mode: 'switchover', id: 'one', to: 'us-west-2' });
    journal.append({ type: 'step-begin', step });
    journal.append({ type: 'act', step });
    journal.append({ type: 'act-answered', step });
    journal.append({ type: 'act-refused', step, reason: 'denied' });
    journal.append({ type: 'step-end', step, seconds: 1 });
    journal.takeOver();
    journal.append({ type: 'rollback', cause: 'aborted', reason: 'so' });
    journal.append({ type: 'rollback-act' });
    journal.append({ type: 'rollback-closed', reason: 'so' });
    journal.append({ type: 'turn', epoch: 3 });
    journal.append({ type: 'end', outcome: 'done' });
    const synced = [...lazy].flatMap(([type, isLazy]) => (isLazy ? [] : [type]));
    expect(synced).toEqual([
      ...['begin', 'act', 'take-over', 'rollback', 'rollback-act', 'rollback-closed', 'turn', 'end'],
    ]);
  });

  test('knows whether an act may have reached the provider', () => {
    const journal = open('one');
    const step = 'switch-database';
    expect(journal.mayHaveActed(step)).toBe(false);
    journal.append({ type: 'act', step });
    expect(journal.mayHaveActed(step)).toBe(true);
    journal.append({ type: 'act-refused', step, reason: 'denied' });
    expect(journal.mayHaveActed(step)).toBe(false);
    // Two sent and one refused: the other may have been accepted.
    journal.append({ type: 'act', step });
    journal.append({ type: 'act', step });
    journal.append({ type: 'act-refused', step, reason: 'already moving' });
    expect(journal.mayHaveActed(step)).toBe(true);
  });

  describe('of two processes', () => {
    const by = (writer: string) => new Journal(fileJournals(directory).open('one'), now, writer);
    const begin = { type: 'begin', mode: 'switchover', id: 'one', to: 'us-west-2' } as const;
    const types = () => open('one').entries.map(({ type }) => type);

    test('what the earlier one writes after it was taken over does not count', () => {
      const first = by('first');
      first.append(begin);
      const second = by('second');
      first.append({ type: 'step-begin', step: 'fence' });
      second.takeOver();
      expect(second.has('step-begin', 'fence')).toBe(true);
      first.append({ type: 'rollback', cause: 'rolled-back', reason: 'it woke late' });
      second.append({ type: 'step-end', step: 'fence', seconds: 1 });
      expect(types()).toEqual(['begin', 'step-begin', 'take-over', 'step-end']);
      expect(open('one').entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    });

    test('of two that take over at once one counts', () => {
      by('first').append(begin);
      const [second, third] = [by('second'), by('third')];
      second.takeOver();
      third.takeOver();
      third.append({ type: 'end', outcome: 'done' });
      expect(types()).toEqual(['begin', 'take-over']);
      expect(open('one').unfinished).toBe(true);
    });

    test('an act without an answer may still arrive, whoever sent it', () => {
      const step = 'switch-database';
      const first = by('first');
      first.append(begin);
      first.append({ type: 'act', step });
      expect(first.unanswered(step)).toEqual([{ own: true }]);
      const second = by('second');
      second.takeOver();
      second.append({ type: 'act', step });
      second.append({ type: 'act-refused', step, reason: 'already moving' });
      // The refusal answers the second act alone.
      expect(second.unanswered(step)).toEqual([{ own: false }]);
      second.append({ type: 'act', step });
      second.append({ type: 'act-answered', step });
      expect(second.unanswered(step)).toEqual([{ own: false }]);
    });
  });

  test('drills are listed oldest first, and a folder without a journal is none', () => {
    const store = fileJournals(directory);
    store.save('nothing', 'report.md', 'text');
    for (const id of ['switchover-2', 'switchover-1'])
      open(id).append({ type: 'begin', mode: 'switchover', id, to: 'x' });
    expect(store.ids()).toEqual(['switchover-1', 'switchover-2']);
    expect(fileJournals(path.join(directory, 'missing')).ids()).toEqual([]);
  });
});
