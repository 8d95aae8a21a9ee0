/** The metric math that our alarms use, evaluated on counts: enough of CloudWatch's language for their templates, and no more. */

/** One alarm of a template. */
export interface AlarmTemplate {
  readonly AlarmName: string;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly EvaluationPeriods: number;
  readonly TreatMissingData: string;
  readonly Metrics: readonly MetricQuery[];
}

interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly ReturnData?: boolean;
  readonly MetricStat?: {
    readonly Metric: { readonly MetricName: string };
    readonly Period: number;
    readonly Stat: string;
  };
}

/** What a metric is in a window: nothing when it has no data there. */
export type WindowValue = (metric: string, statistic: string, minutes: number) => number | undefined;

/** An alarm's expression made ready: the value of its window, and how long that is. */
export interface AlarmMath {
  readonly minutes: number;
  readonly value: (read: WindowValue) => number | undefined;
}

const WORDS = /[A-Za-z_]\w*|\d+(?:\.\d+)?|>=|<=|>|<|[-+*/(),]|\s+/g;

/** @throws Error for what it does not know: a proof over a wrong reading would prove nothing */
export function alarmMath({ Metrics }: AlarmTemplate): AlarmMath {
  const shown = Metrics.filter(({ ReturnData }) => ReturnData !== false);
  const stats = Metrics.flatMap(({ Id, MetricStat }) =>
    MetricStat === undefined ? [] : [{ Id, ...MetricStat }],
  );
  const expression = shown[0]?.Expression;
  if (shown.length !== 1 || expression === undefined) throw new Error('an alarm has one expression');
  const periods = new Set(stats.map(({ Period }) => Period));
  const [seconds] = periods;
  if (periods.size !== 1 || seconds === undefined)
    throw new Error('all metrics of an expression have one period');
  const calculate = compile(
    expression,
    stats.map(({ Id }) => Id),
  );
  return {
    minutes: seconds / 60,
    value: read => {
      const values = stats.map(({ Metric, Stat }) => read(Metric.MetricName, Stat, seconds / 60));
      const value = calculate(...values);
      return value === undefined || Number.isNaN(value) ? undefined : value;
    },
  };
}

/** Missing data make what is counted with them missing, save where FILL says otherwise: NaN stands for missing. */
function compile(
  expression: string,
  ids: readonly string[],
): (...values: (number | undefined)[]) => number | undefined {
  const words = expression.match(WORDS) ?? [];
  if (words.join('') !== expression) throw new Error(`cannot read ${expression}`);
  for (const word of words)
    if (/^[A-Za-z_]/.test(word) && !ids.includes(word) && word !== 'IF' && word !== 'FILL')
      throw new Error(`unknown ${word} in ${expression}`);
  const body = `
    const IF = (test, yes, no) => Number.isNaN(Number(test)) ? NaN : (test ? yes : no);
    const FILL = (value, other) => Number.isNaN(value) ? other : value;
    return ${expression};`;
  const made = new Function(...ids, body) as (...values: number[]) => number;
  return (...values) => made(...values.map(value => value ?? Number.NaN));
}
