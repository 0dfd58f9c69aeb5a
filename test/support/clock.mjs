/**
 * Sets the clock of the process that loads this first (`node --import ./test/support/clock.mjs`, also in NODE_OPTIONS), and
 * of each test file in jest, which has a Date of its own. The clock goes on from there.
 *   CLOCK_AT          a moment, `2026-11-20T21:29:30Z`, at which it starts
 *   CLOCK_SHIFT_DAYS  days by which it is ahead
 */
const { CLOCK_AT, CLOCK_SHIFT_DAYS } = process.env;
const realNow = Date.now;
let shift = CLOCK_AT === undefined ? Number(CLOCK_SHIFT_DAYS ?? 0) * 86_400_000 : Date.parse(CLOCK_AT) - realNow();
if (Number.isNaN(shift)) throw new Error(`CLOCK_AT=${CLOCK_AT} or CLOCK_SHIFT_DAYS=${CLOCK_SHIFT_DAYS} is no time`);

if (shift !== 0) {
  Date.now = () => realNow() + shift;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, own) => Reflect.construct(target, args.length === 0 ? [Date.now()] : args, own),
    apply: () => new Date().toString(),
  });
}

/** Sets the clock anew, of a process whose clock was set when it began. */
export function setClock(at) {
  shift = Date.parse(at) - realNow();
}
