import { endWithReader } from '../../lib/cli/closed-pipe';

/** The listener that is put on a stream. */
function listenerOf(end: () => void): (error: NodeJS.ErrnoException) => void {
  let listener: (error: NodeJS.ErrnoException) => void = () => undefined;
  const stream = {
    on: (_event: 'error', given: typeof listener) => {
      listener = given;
    },
  };
  endWithReader(stream, end);
  return listener;
}

test('a reader that has gone ends the program; any other error is one', () => {
  const end = jest.fn();
  const listener = listenerOf(end);
  listener(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  expect(end).toHaveBeenCalledTimes(1);
  expect(() => listener(Object.assign(new Error('disk is full'), { code: 'ENOSPC' }))).toThrow(
    'disk is full',
  );
});
