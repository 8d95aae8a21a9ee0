/** The wall clock of this process as it is skewed; the monotonic clocks and the timers are never touched. */
const RealDate = Date;
const realNow = Date.now.bind(Date);

/**
 * Makes `Date` run ahead (or behind, when negative) by `seconds`, and count `rate` seconds for each that passes from
 * now on. Both neutral (0 and 1) bring the real one back.
 */
export function skewClock({ seconds, rate }: { readonly seconds: number; readonly rate: number }): void {
  if (seconds === 0 && rate === 1) {
    RealDate.now = realNow;
    globalThis.Date = RealDate;
    return;
  }
  const since = realNow();
  const now = () => Math.round(since + seconds * 1000 + (realNow() - since) * rate);
  // Who took Date before this asks the constructor itself; who takes it from now on finds the proxy. One prototype.
  RealDate.now = now;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, values: unknown[], made) =>
      Reflect.construct(
        target,
        values.length === 0 ? [now()] : values,
        made === globalThis.Date ? target : made,
      ),
    apply: () => new RealDate(now()).toString(),
  });
}
