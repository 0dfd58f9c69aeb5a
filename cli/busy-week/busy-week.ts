import type { WeekOptions } from "../../bench/busy-week/week.ts";
import { readDesk } from "../desk.ts";
import { figuresOf } from "./figures.ts";
import { play } from "./play.ts";
import { printed } from "./print.ts";

/** Plays a busy team's week and prints how often rules ring in it, and when attacks are told. */
export async function busyWeek(options: WeekOptions, rules: readonly string[], asJson: boolean): Promise<number> {
  const figures = figuresOf(await play(options, readDesk(rules)), options);
  process.stdout.write(asJson ? `${JSON.stringify(figures)}\n` : printed(figures));
  return 0;
}
