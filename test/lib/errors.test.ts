import fc from 'fast-check';
import { formatProblem, HoldfastError } from '../../lib/errors';

describe('an error of Holdfast', () => {
  test('holds its code, and its problems one a line', () => {
    const error = new HoldfastError('invalid-input', 'the input cannot be used', [
      { path: 'a.b', received: 5, message: 'is too large', fix: 'use 4' },
    ]);
    expect(error).toMatchObject({ name: 'HoldfastError', code: 'invalid-input' });
    expect(error.message).toBe('the input cannot be used\n  a.b: is too large, received 5; use 4');
  });

  test('keeps its cause', () => {
    const cause = new Error('root');
    expect(new HoldfastError('unavailable', 'no answer', [], { cause }).cause).toBe(cause);
  });

  test('prints whatever was received, on one line of bounded length', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    expect(formatProblem({ path: 'a', received: cyclic, message: 'm', fix: 'f' })).toContain(
      'of type object',
    );
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), received => {
        const line = formatProblem({ path: 'a', received, message: 'm', fix: 'f' });
        expect(line.length).toBeLessThan(200);
      }),
    );
  });
});
