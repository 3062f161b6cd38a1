/*
 * Reads an iCalendar file as two widespread readers do, and prints a line for each event and reader:
 * `reader uid start end status sequence summary`, times in Unix seconds.
 *
 *	node calendar_readers.mjs FILE
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../build/npm/tests/", import.meta.url));
const { default: ICAL } = await import(require.resolve("ical.js"));
const nodeIcal = require("node-ical");

const text = readFileSync(process.argv[2], "utf8");
const seconds = (date) => Math.round(date.getTime() / 1000);
const line = (...parts) => console.log(parts.join(" "));

const calendar = new ICAL.Component(ICAL.parse(text));
for (const part of calendar.getAllSubcomponents("vevent")) {
	const event = new ICAL.Event(part);
	line("ical.js", event.uid, seconds(event.startDate.toJSDate()), seconds(event.endDate.toJSDate()),
		part.getFirstPropertyValue("status"), event.sequence, event.summary);
}

for (const event of Object.values(nodeIcal.sync.parseICS(text)))
	if (event.type === "VEVENT")
		line("node-ical", event.uid, seconds(event.start), seconds(event.end), event.status, event.sequence, event.summary);
