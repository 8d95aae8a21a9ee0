import {
  type AlarmRule,
  type AlarmState,
  evaluateAlarm,
  evaluationRange,
  type MissingData,
} from '../../../lib/runtime/release/alarm-arithmetic';

const TREATMENTS: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

const rule = (n: number, m: number, missingData: MissingData): AlarmRule => ({
  threshold: 10,
  comparison: 'GreaterThanThreshold',
  evaluationPeriods: n,
  datapointsToAlarm: m,
  missingData,
});

/** `0` a good value, `X` a breaching one, `-` none; the newest last, as in CloudWatch's tables. */
const periods = (drawn: string) =>
  drawn.split(' ').map(sign => (sign === '-' ? undefined : sign === 'X' ? 11 : 1));

/** What each treatment leads to, in the order of the tables; `keep` is the state of before. */
const states = (drawn: string): readonly (AlarmState | 'keep')[] =>
  drawn.split(' ').map(word => (word === 'none' ? 'INSUFFICIENT_DATA' : (word as AlarmState | 'keep')));

// The rows of both tables in "Configuring how CloudWatch alarms treat missing data".
describe.each([
  [3, 3, '0 - X - X', 'OK OK OK OK'],
  [3, 3, '0 - - - -', 'OK OK OK OK'],
  [3, 3, '- - - - -', 'none keep ALARM OK'],
  [3, 3, '0 X X - X', 'ALARM ALARM ALARM ALARM'],
  [3, 3, '- - X - -', 'ALARM keep ALARM OK'],
  [3, 2, '0 - X - X', 'ALARM ALARM ALARM ALARM'],
  [3, 2, '0 0 X 0 X', 'ALARM ALARM ALARM ALARM'],
  [3, 2, '0 - X - -', 'OK OK ALARM OK'],
  [3, 2, '- - - - 0', 'OK OK ALARM OK'],
  [3, 2, '- - - X -', 'ALARM keep ALARM OK'],
  // The same rules where nothing is missing, and for alarms of a single period.
  [3, 3, '0 0 X X X', 'ALARM ALARM ALARM ALARM'],
  [3, 3, 'X X X X 0', 'OK OK OK OK'],
  [3, 2, 'X X 0 0 X', 'OK OK OK OK'],
  [1, 1, '0 0 X', 'ALARM ALARM ALARM ALARM'],
  [1, 1, 'X X 0', 'OK OK OK OK'],
  [1, 1, '0 X -', 'ALARM ALARM ALARM ALARM'],
  [1, 1, '- - -', 'none keep ALARM OK'],
])('%i periods, %i to alarm: %s', (n, m, drawn, expected) => {
  test.each(TREATMENTS.map((treatment, index) => [treatment, states(expected)[index]] as const))(
    'missing data as %s: %s',
    (treatment, state) => {
      for (const before of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const) {
        const found = evaluateAlarm(rule(n, m, treatment), periods(drawn), before);
        expect(found).toBe(state === 'keep' ? before : state);
      }
    },
  );
});

test('data older than the evaluation range says nothing', () => {
  const wide = rule(3, 3, 'missing');
  expect(evaluationRange(wide)).toBe(5);
  expect(evaluateAlarm(wide, periods('X X X - - - - -'), 'ALARM')).toBe('INSUFFICIENT_DATA');
});

test.each([
  ['GreaterThanThreshold', 10, 'OK'],
  ['GreaterThanThreshold', 10.1, 'ALARM'],
  ['GreaterThanOrEqualToThreshold', 10, 'ALARM'],
  ['GreaterThanOrEqualToThreshold', 9.9, 'OK'],
  ['LessThanThreshold', 10, 'OK'],
  ['LessThanThreshold', 9.9, 'ALARM'],
  ['LessThanOrEqualToThreshold', 10, 'ALARM'],
  ['LessThanOrEqualToThreshold', 10.1, 'OK'],
] as const)('%s 10 holds for %d: %s', (comparison, value, state) => {
  expect(evaluateAlarm({ ...rule(1, 1, 'missing'), comparison }, [value], 'OK')).toBe(state);
});
