/*
 * When the series of recur_expectations.csv take place by ical.js, which has nothing in common with dateutil: prints
 * for each row how many starts there are, their sum and the last.
 *
 *	node recur_reader.mjs FILE
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../../build/npm/tests/", import.meta.url));
const { default: ICAL } = await import(require.resolve("ical.js"));

const FROM = Date.UTC(2027, 0, 1) / 1000, UNTIL = Date.UTC(2029, 0, 1) / 1000 - 86400;
const clocks = new Map();
const wall = (zone) => {
	if (!clocks.has(zone))
		clocks.set(zone, new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit",
			day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" }));
	return clocks.get(zone);
};
const offset = (zone, at) => {
	const part = Object.fromEntries(wall(zone).formatToParts(at * 1000).map((one) => [one.type, Number(one.value)]));
	return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) / 1000 - at;
};
/* The first of two, and by the offset before where there is none. */
const instant = (zone, local) => {
	const tries = [-86400, 86400].map((far) => local - offset(zone, local + far)).filter((at) => offset(zone, at) === local - at);
	return tries.length ? Math.min(...tries) : local - offset(zone, local - 86400);
};
const seconds = (time) => Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second) / 1000;

for (const row of readFileSync(process.argv[2], "utf8").trim().split("\n")) {
	const [zone, start, text] = row.split("\t");
	const first = ICAL.Time.fromString(start.replace(/(....)(..)(..)T(..)(..)(..)/, "$1-$2-$3T$4:$5:$6"));
	const rule = ICAL.Recur.fromString(text.replace(/0615$/, "0615T235959"));
	const all = new Set([instant(zone, seconds(first))]);
	for (let walk = rule.iterator(first), one = walk.next(); one && one.year < 2029; one = walk.next())
		all.add(instant(zone, seconds(one)));
	const seen = [...all].filter((at) => at >= FROM && at < UNTIL).sort((a, b) => a - b);
	console.log([seen.length, seen.reduce((a, b) => a + b, 0), seen.at(-1)].join("\t"));
}
