// What people are asked for in confidence or in passing, answered where it is listed: a survey with questions that
// depend on others, in the person's language; check-ins; a pause; and a review, with which a pair goes on or parts.
import assert from "node:assert/strict";
import { HAL, accessible, ask, clock, company, inDays, leave, newPage, programme, run, signIn } from "./browser.mjs";

await company();
const button = (page, name) => page.getByRole("button", { name });
const participant = (user) => ["participant", user];
const id = await programme("Asked");
const enrolments = (await ask(HAL, "GET", `/api/v1/enrolments?programme_id=${id}&limit=100`)).items;
const enrolmentOf = (name) => enrolments.find((one) => one.person.display_name.startsWith(name)).id;

/** An active pair of these two. */
async function paired(mentee, mentor) {
	const pair = await ask(HAL, "POST", "/api/v1/pairs",
		{ mentee_enrolment_id: enrolmentOf(mentee), mentor_enrolment_id: enrolmentOf(mentor), note: "They know each other." });
	await ask(participant(mentor.toLowerCase()), "POST", `/api/v1/pairs/${pair.id}/acceptance`, {});
	return pair.id;
}
const pairs = { ann: await paired("Carla", "Ann"), bob: await paired("Ivy", "Bob") };

/** The page of a person's pair. */
async function pairPage(user, pair, options) {
	const page = await newPage(options);
	await signIn(page, user);
	await page.goto(`${page.url().split("#")[0]}#/pairs/${pair}`);
	await page.locator("upward-pair h2").waitFor();
	return page;
}

await run({}, {
	"a survey is answered in one's own language; what depends on an answer is asked when it has been given": async () => {
		const survey = await ask(HAL, "POST", "/api/v1/surveys", { programme_id: id, kind: "pulse", side: "mentor", title: "How is it going?",
			questions: [{ key: "useful", text: "Is it useful?", kind: "scale", low_label: "not at all", high_label: "very" },
				{ key: "change", text: "Would you change something?", kind: "choice", options: ["No", "Yes"] },
				{ key: "what", text: "What would you change?", kind: "text", required: true, shown_if: { key: "change", values: [1] } },
				{ key: "hours", text: "How many hours did it take?", kind: "number", minimum: 0, maximum: 40, required: false }],
			translations: [{ language: "de", texts: [{ key: "useful", text: "Ist es nützlich?" }] }],
			opens_on: inDays(0), closes_on: inDays(170), every_weeks: 2 });
		const page = await newPage({ locale: "de-DE" });
		await signIn(page, "ann");
		await button(page, "Antworten").click();
		await page.getByRole("group", { name: "Ist es nützlich?" }).waitFor();
		await accessible(page, "a survey");
		await page.getByRole("radio", { name: "4", exact: true }).check();
		const more = page.getByRole("textbox", { name: "What would you change?" });
		await page.getByRole("radio", { name: "No", exact: true }).check();
		await more.waitFor({ state: "hidden" });
		await page.getByRole("radio", { name: "Yes", exact: true }).check();
		await more.fill("More time.");
		await accessible(page, "a survey with one question more");
		await button(page, "Senden").click();
		await page.getByText("Danke. Das ist alles.").waitFor();
		await page.getByRole("heading", { name: "Ein paar Fragen" }).waitFor({ state: "hidden" });
		await leave(page);
		const { items } = await ask(participant("ann"), "GET", "/api/v1/surveys/due");
		assert.ok(!items.some((one) => one.survey.id === survey.id));
	},

	"who is asked for something and comes back later finds it still there": async () => {
		const page = await newPage();
		await signIn(page, "bob");
		await button(page, "Answer").click();
		await page.getByRole("radio", { name: "2", exact: true }).check();
		await button(page, "Later").click();
		await button(page, "Answer").click();
		await page.getByRole("radio", { name: "3", exact: true }).check();
		await page.getByRole("radio", { name: "No", exact: true }).check();
		await page.getByRole("spinbutton", { name: "How many hours" }).fill("41");
		await button(page, "Send").click();
		assert.equal(await page.getByRole("spinbutton").evaluate((field) => field.validity.rangeOverflow), true);
		await page.getByRole("spinbutton").fill("2.5");
		await button(page, "Send").click();
		await page.getByText("Thank you. That is all.").waitFor();
		await leave(page);
	},

	"a check-in took place, or is left out": async () => {
		const agreement = await ask(participant("ann"), "POST", "/api/v1/agreements", { pair_id: pairs.ann, cadence: "monthly", duration_minutes: 45,
			channels: ["video"], time_zone: "Europe/Berlin", starts_on: inDays(1), touchpoint_cadence: "weekly", touchpoint_channel: "chat" });
		for (const user of ["ann", "carla"])
			await ask(participant(user), "POST", `/api/v1/agreements/${agreement.id}/signature`, undefined, undefined, { "If-Match": "*" });
		await clock("scheduling", 17);
		const page = await newPage();
		await signIn(page, "carla");
		await page.getByRole("heading", { name: "A check-in was due" }).first().waitFor();
		const due = async () => (await ask(participant("carla"), "GET", `/api/v1/touchpoints?pair_id=${pairs.ann}&limit=100`)).items;
		await accessible(page, "check-ins");
		for (const [name, status] of [["It took place", "done"], ["Leave it out", "skipped"]]) {
			await button(page, name).first().click();
			await page.getByText("Noted.").waitFor();
			assert.equal((await due()).filter((one) => one.status === status).length, 1);
		}
		await leave(page);
		await clock("scheduling", 0);
	},

	"whoever has paused goes on with one click": async () => {
		await ask(participant("dev"), "POST", `/api/v1/enrolments/${enrolmentOf("Dev")}/pause`, { until: inDays(30), reason: "workload" });
		const page = await newPage();
		await signIn(page, "dev");
		await button(page, "Go on").click();
		await page.getByText("You take part again.").waitFor();
		await page.getByText("Nothing waits for you").waitFor();
		await leave(page);
		assert.equal((await ask(participant("dev"), "GET", `/api/v1/enrolments/${enrolmentOf("Dev")}`)).status, "enrolled");
	},

	"a review in which they go on changes nothing; one in which they part ends the pair": async () => {
		const page = await pairPage("bob", pairs.bob);
		for (const [outcome, agreed, said] of [["We go on", "Shorter meetings.", "Recorded."], ["We end it", "", "Recorded, and the pair has ended."]]) {
			if (!await button(page, "Record a review meeting").isVisible()) await page.getByText("Help, pause, end").click();
			await button(page, "Record a review meeting").click();
			await page.getByRole("radio", { name: outcome }).check();
			await page.getByLabel("What you have agreed").fill(agreed);
			await accessible(page, `a review: ${outcome}`);
			await button(page, "Record it").click();
			await page.getByText(said, { exact: true }).waitFor();
			await page.getByLabel("What you have agreed").waitFor({ state: "hidden" });
		}
		await accessible(page, "a pair that has parted");
		await leave(page);
		assert.equal((await ask(participant("ivy"), "GET", `/api/v1/pairs/${pairs.bob}`)).status, "ended");
		assert.deepEqual((await ask(participant("ivy"), "GET", `/api/v1/pairs/${pairs.bob}/reviews`)).items.map((one) => one.outcome).sort(), ["end", "go_on"]);
	},

	"what has been reached is completed": async () => {
		const page = await pairPage("carla", pairs.ann, { viewport: { width: 360, height: 740 } });
		await page.getByText("Help, pause, end").click();
		await button(page, "Complete it").click();
		await page.getByText("The pair ends, and both of you").waitFor();
		await button(page, "Complete it").click();
		await page.getByText("Completed. Thank you both.").waitFor();
		await leave(page);
		assert.equal((await ask(participant("ann"), "GET", `/api/v1/pairs/${pairs.ann}`)).status, "completed");
	},
});
