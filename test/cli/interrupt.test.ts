import { EventEmitter } from 'node:events';
import { interruptSignal } from '../../lib/cli';

function pressed() {
  const source = new EventEmitter();
  const clock = { now: 0 };
  const gaveUp = jest.fn();
  const port = { now: () => new Date(0), monotonic: () => clock.now, sleep: () => Promise.resolve() };
  return { source, clock, gaveUp, signal: interruptSignal(source, port, gaveUp) };
}

test('the same Ctrl-C that arrives twice, from npm and from the terminal, only starts the clean-up', () => {
  const { source, clock, gaveUp, signal } = pressed();
  source.emit('SIGINT');
  clock.now = 5;
  source.emit('SIGINT');
  expect(signal.aborted).toBe(true);
  expect(gaveUp).not.toHaveBeenCalled();
});

test('a later Ctrl-C gives the clean-up up', () => {
  const { source, clock, gaveUp } = pressed();
  source.emit('SIGINT');
  clock.now = 3000;
  source.emit('SIGTERM');
  expect(gaveUp).toHaveBeenCalledTimes(1);
});
