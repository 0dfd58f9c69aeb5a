/// <reference types="uplot" />
// Incidents over time as stacked bars, the gravest at the bottom.

import { byId, counted, element, number } from "./dom.js";

/** @type {import("../chart.ts").Chart & { severities: readonly string[] }} */
const { start, step, bars, counts, severities } = JSON.parse(byId("chart-data").textContent ?? "");

const HEIGHT = 220;
const DAY = 86_400;

const place = byId("chart");
const legend = byId("legend");
const readout = byId("bar");

const format = (/** @type {Intl.DateTimeFormatOptions} */ options) => {
  const made = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", hourCycle: "h23", ...options });
  return (/** @type {number} */ seconds) => made.format(seconds * 1000);
};
const day = format({ day: "numeric", month: "short" });
const date = format({ day: "numeric", month: "short", year: "numeric" });
const year = format({ year: "numeric" });
const hour = format({ hour: "2-digit", minute: "2-digit" });

/** @param {string} name */
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
/** The severities that there are, by their places. */
const there = totals.flatMap((total, i) => (total > 0 ? [i] : []));

/** How long a bar stands for. */
const length =
  step % 86_400_000 === 0
    ? counted(step / 86_400_000, "day")
    : step % 3_600_000 === 0
      ? counted(step / 3_600_000, "hour")
      : counted(Math.round(step / 60_000), "minute");
/** What stands below the chart while no bar is pointed at. */
const whole = `${date(start / 1000)} to ${date((start + bars * step - 1) / 1000)} (UTC); each bar is ${length}`;

/** @type {uPlot | undefined} */
let drawn;

function draw() {
  drawn?.destroy();
  const xs = Array.from({ length: bars }, (_, i) => (start + i * step) / 1000);
  // What is drawn first is covered by what comes after: each bar stands from zero to the sum of what is below its top.
  const layers = there.toReversed();
  const sums = layers.map((last) =>
    xs.map((_, bar) => there.filter((i) => i <= last).reduce((sum, i) => sum + (counts[i]?.[bar] ?? 0), 0) || null),
  );
  const highest = Math.max(1, ...(sums[0] ?? []).map((sum) => sum ?? 0));
  const paths = uPlot.paths.bars?.({ size: [0.82, 48], align: 1 });
  const axis = { stroke: color("soft"), grid: { stroke: color("line"), width: 1 }, ticks: { show: false } };
  const font = "12px system-ui, sans-serif";
  drawn = new uPlot(
    {
      width: place.clientWidth - 8,
      height: HEIGHT - 10,
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: {
        x: { time: true, range: [start / 1000, (start + bars * step) / 1000] },
        y: { range: [0, highest * 1.08] },
      },
      axes: [
        {
          ...axis,
          font,
          grid: { show: false },
          space: 64,
          size: step < 86_400_000 ? 44 : 30,
          values: (_, splits, __, ___, increment) => times(splits, increment),
        },
        {
          ...axis,
          font,
          size: 44,
          space: 34,
          incrs: [1, 2, 5].flatMap((n) => [1, 10, 100, 1e3, 1e4, 1e5].map((ten) => n * ten)).sort((a, b) => a - b),
        },
      ],
      series: [
        {},
        ...layers.map((i) => ({
          ...(paths && { paths }),
          fill: color(severities[i] ?? ""),
          width: 0,
          points: { show: false },
        })),
      ],
      hooks: { setCursor: [({ cursor: { left = -1 }, posToVal }) => tell(left < 0 ? undefined : posToVal(left, "x"))] },
    },
    [xs, ...sums],
    place,
  );
}

/**
 * @param {readonly number[]} splits
 * @param {number} increment
 */
function times(splits, increment) {
  if (increment >= 360 * DAY) return splits.map(year);
  if (increment >= DAY) return splits.map(day);
  // The day stands below its first hour.
  return splits.map((time, i) => {
    const isNew = i === 0 || day(time) !== day(splits[i - 1] ?? 0);
    return isNew ? `${hour(time)}\n${day(time)}` : hour(time);
  });
}

/** Says what the bar at a time stands for. @param {number | undefined} time */
function tell(time) {
  const bar = time === undefined ? -1 : Math.floor((time * 1000 - start) / step);
  if (bar < 0 || bar >= bars) {
    readout.textContent = whole;
    return;
  }
  const [from, to] = [(start + bar * step) / 1000, (start + (bar + 1) * step) / 1000];
  const span =
    step >= DAY * 1000
      ? step === DAY * 1000
        ? day(from)
        : `${day(from)} to ${day(to - 1)}`
      : `${day(from)} ${hour(from)} to ${hour(to)}`;
  readout.textContent = `${span} UTC: ${listed((i) => counts[i]?.[bar] ?? 0) || "none"}`;
}

/** @param {(severity: number) => number} countOf */
function listed(countOf) {
  return there.flatMap((i) => (countOf(i) > 0 ? [`${countOf(i)} ${severities[i]}`] : [])).join(", ");
}

if (there.length === 0) {
  place.classList.add("empty");
  place.textContent = "No incidents.";
} else {
  place.setAttribute(
    "aria-label",
    `Incidents by severity, from ${day(start / 1000)} on: ${listed((i) => totals[i] ?? 0)}`,
  );
  for (const i of there) {
    legend.append(element("li", `${number(totals[i] ?? 0)} ${severities[i]}`, `severity ${severities[i]}`));
  }
  readout.textContent = whole;
  draw();
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    drawn?.setSize({ width: width - 8, height: HEIGHT - 10 });
  }).observe(place);
  // Its colours are those of the page, which follow the system's.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
