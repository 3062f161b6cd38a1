// From the shortlist to the first meeting, by clicks: a leader on a phone picks, a mentor accepts and finds a time.
import assert from "node:assert/strict";
import { HAL, JUNIORS, accessible, ask, company, inDays, leave, newPage, programme, run, signIn, tabTo, userOf } from "./browser.mjs";

const [skill] = await company();
const clicked = await programme("By clicks");
const carla = ["participant", "carla"];
let mentor, pair;

const button = (page, name) => page.getByRole("button", { name });

await run({
	"a leader picks one of three on a phone": async () => {
		const page = await newPage({ viewport: { width: 360, height: 740 }, hasTouch: true });
		await signIn(page, "carla");
		await page.getByRole("heading", { name: "Waiting for you" }).waitFor();
		await accessible(page, "home");
		await button(page, "Choose").click();
		await page.getByRole("heading", { name: "Choose your mentor" }).waitFor();
		assert.equal(await page.locator("upward-shortlist .card").count(), 3);
		await accessible(page, "shortlist", true);
		await button(page, "Choose").first().click();
		await button(page, "Ask").click();
		await page.getByRole("heading", { name: "has been asked" }).waitFor();
		await accessible(page, "asked");
		const [made] = (await ask(carla, "GET", "/api/v1/pairs")).items;
		assert.equal(made.status, "proposed");
		pair = made.id;
		mentor = await userOf(made.mentor.id);
		await leave(page);
	},

	"the mentor accepts and books the first meeting by keyboard alone": async () => {
		const page = await newPage();
		await signIn(page, mentor);
		await button(page, "Answer").waitFor();
		await tabTo(page, "Answer");
		await page.keyboard.press("Enter");
		await button(page, "Accept").waitFor();
		await accessible(page, "a pick to answer");
		await tabTo(page, "Accept");
		await page.keyboard.press("Enter");
		await button(page, "Find a time").waitFor();
		await accessible(page, "a new pair");
		await tabTo(page, "Find a time");
		await page.keyboard.press("Enter");
		await page.locator(".slot").first().waitFor();
		await accessible(page, "slots");
		await tabTo(page, ":");
		await page.keyboard.press("Space");
		await tabTo(page, "Book it");
		await page.keyboard.press("Enter");
		await page.getByText("Booked, in both calendars.").waitFor();
		const { items } = await ask(carla, "GET", `/api/v1/sessions?pair_id=${pair}`);
		assert.deepEqual(items.map((session) => [session.kind, session.duration_minutes]), [["get_to_know", 30]]);
		await leave(page);
	},

	"every kind of question is answered by keyboard on a phone; what is put off is kept": async () => {
		const goal = await ask(["participant", mentor], "POST", "/api/v1/goals", { pair_id: pair, specific: "Writes posts without help",
			measure: { unit: "posts", baseline: 0, target: 4 }, due_on: inDays(90) });
		await ask(carla, "POST", `/api/v1/goals/${goal.id}/agreement`);
		const { id } = await ask(HAL, "POST", "/api/v1/assessments", { programme_id: clicked, skill_id: skill, title: "Where do you stand?",
			items: [{ key: "feel", text: "I write posts myself.", kind: "scale" },
				{ key: "tag", text: "What does a tag do?", kind: "choice", options: ["Decorate", "Let others find the post"], correct: 1 },
				{ key: "where", text: "Where may customers be named?", kind: "multiple", options: ["In a post", "In a contract", "In an offer"], right: [1, 2] },
				{ key: "share", text: "How many of ten posts are read?", kind: "numeric", value: 2.5, tolerance: 0.1 },
				{ key: "steps", text: "In which order?", kind: "order", options: ["Publish", "Write", "Find a subject"], right: [2, 1, 0] }],
			opens_on: inDays(0), closes_on: inDays(170) });
		await ask(HAL, "POST", "/api/v1/surveys", { programme_id: clicked, kind: "pulse", side: "mentee", title: "How is it going?",
			questions: [{ key: "useful", text: "Is it useful?", kind: "scale" },
				{ key: "change", text: "Would you change something?", kind: "choice", options: ["No", "Yes"] },
				{ key: "what", text: "What would you change?", kind: "text", required: true, shown_if: { key: "change", values: [1] } },
				{ key: "hours", text: "How many hours did it take?", kind: "number", minimum: 0, maximum: 40, required: false }],
			opens_on: inDays(0), closes_on: inDays(170), every_weeks: 2 });
		const page = await newPage({ viewport: { width: 360, height: 740 }, hasTouch: true });
		await signIn(page, "carla");
		/** Goes to a control by Tab and presses a key there. */
		const press = async (name, key = "Space") => {
			await tabTo(page, name);
			await page.keyboard.press(key);
		};
		await page.getByRole("heading", { name: "Where do you stand? Before" }).waitFor();
		await press("Begin", "Enter");
		await page.getByRole("group", { name: "In which order?" }).waitFor();
		await press("0"); // the first of a scale has the focus, and the arrows choose
		for (let step = 0; step < 3; step++) await page.keyboard.press("ArrowRight");
		await press("Decorate");
		await page.keyboard.press("ArrowDown");
		await press("In a contract");
		await press("In an offer");
		await tabTo(page, "How many of ten");
		await page.keyboard.type("2.5");
		for (const option of ["Publish", "Write", "Find a subject"]) await press(option);
		assert.deepEqual(await page.locator("upward-tasks .place").allInnerTexts(), ["1.", "2.", "3."]);
		await accessible(page, "an assessment of all kinds", true);
		// Another attempt at the order: what is taken back lets the others move up.
		for (const name of ["Publish", "Write"]) await page.getByRole("checkbox", { name }).tap();
		for (const name of ["Write", "Publish"]) await page.getByRole("checkbox", { name }).tap();
		assert.deepEqual(await page.locator("upward-tasks .place").allInnerTexts(), ["3.", "2.", "1."]);
		await press("Later", "Enter");
		await page.getByRole("group", { name: "In which order?" }).waitFor({ state: "hidden" });
		await button(page, "Open").click();
		await page.getByRole("group", { name: "In which order?" }).waitFor();
		assert.deepEqual(await page.locator("upward-tasks .place").allInnerTexts(), ["3.", "2.", "1."]);
		assert.equal(await page.getByRole("spinbutton").inputValue(), "2.5");
		await press("Send", "Enter");
		await page.getByText("Thank you. That is all.").waitFor();
		const { items: [attempt] } = await ask(carla, "GET", `/api/v1/assessments/${id}/attempts`);
		assert.deepEqual([attempt.status, Object.fromEntries(attempt.answered.map(({ key, values }) => [key, values]))],
			["submitted", { feel: [3], tag: [1], where: [1, 2], share: [2.5], steps: [2, 1, 0] }]);
		assert.equal(attempt.score, 92); // all is right, and the scale stands at three of five

		await page.getByRole("listitem").filter({ hasText: "A few questions" }).getByRole("button", { name: "Answer" }).click();
		await page.getByRole("group", { name: "Is it useful?" }).waitFor();
		await press("1");
		await press("No");
		await page.getByRole("group", { name: "What would you change?" }).waitFor({ state: "hidden" });
		await page.keyboard.press("ArrowDown");
		await tabTo(page, "What would you change?");
		await page.keyboard.type("More time.");
		await tabTo(page, "How many hours");
		await page.keyboard.type("41");
		await press("Send", "Enter");
		assert.equal(await page.getByRole("spinbutton").evaluate((field) => field.validity.rangeOverflow), true);
		await page.getByRole("spinbutton").fill("1.5");
		await page.keyboard.press("Enter");
		await page.getByRole("group", { name: "Is it useful?" }).waitFor({ state: "hidden" });
		assert.deepEqual((await ask(carla, "GET", "/api/v1/surveys/due")).items, []);
		await leave(page);
	},

	"a coordinator sets up a programme, invites, matches and publishes": async () => {
		const page = await newPage();
		await signIn(page, "hal", "programme_admin");
		await page.getByRole("link", { name: "Programmes" }).click();
		await button(page, "New programme").click();
		await page.getByLabel("Name").fill("Set up by clicks");
		await accessible(page, "a new programme");
		await button(page, "Create it").click();
		await button(page, "Open it").click();
		for (const [role, from, to] of [["Leaders who learn", "6", ""], ["Juniors who teach", "", "1"]]) {
			await button(page, "Invite people").click();
			await page.getByRole("radio", { name: role }).check();
			await page.getByLabel("From level").fill(from);
			await page.getByLabel("Up to level").fill(to);
			await page.getByLabel("What is in it for them").fill("See for yourself.");
			await button(page, "How many").click();
			await page.getByText("would be invited").waitFor();
			await button(page, /Send \d+ invitations/).click();
			await page.getByText("have been invited.").waitFor();
		}
		await accessible(page, "a programme", true);
		const id = page.url().split("/").at(-1);
		for (const user of ["carla", ...JUNIORS]) {
			const { tasks } = await ask(["participant", user], "GET", "/api/v1/dashboards/me");
			const invitation = tasks.find((task) => task.kind === "answer_invitation" && task.programme.id === id);
			await ask(["participant", user], "POST", `${invitation.link}/acceptance`, {});
		}
		await page.evaluate(() => dispatchEvent(new Event("online")));
		await button(page, "Match now").click();
		await button(page, "Look at the lists").click();
		await page.getByText("Who is shown to whom").waitFor();
		await accessible(page, "a round");
		await button(page, /^Publish$/).click();
		await page.getByText("Published: every leader").waitFor();
		await button(page, "See and change").click();
		await page.getByRole("slider", { name: "Skills wanted" }).fill("80");
		await accessible(page, "a policy");
		await button(page, "Save as new version").click();
		await page.getByText("Version 2 of the rules").waitFor();
		await leave(page);
	},
}, {
	"an invitation is answered on the spot": async () => {
		const page = await newPage({ viewport: { width: 360, height: 740 } });
		await signIn(page, "ivy");
		await button(page, "Take part").click();
		await page.getByText("You take part.").waitFor();
		await leave(page);
	},

	"who signs out has to sign in again": async () => {
		const page = await newPage();
		await signIn(page, "ivy");
		await page.reload({ waitUntil: "commit" });
		await page.getByRole("heading", { name: "Ivy" }).waitFor();
		assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
		await button(page, "Sign out").click();
		await page.getByLabel("User name").waitFor();
		await leave(page);
	},

	"they agree in German: proposed, signed by both, and the plan is booked": async () => {
		const page = await newPage({ locale: "de-DE", colorScheme: "dark" });
		await signIn(page, mentor);
		await button(page, "Vereinbaren").click();
		await button(page, "Vereinbarung vorschlagen").click();
		await page.getByLabel("Was wir erwarten").fill("Wir bereiten uns vor.");
		await accessible(page, "an agreement");
		await button(page, "Vereinbarung vorschlagen").click();
		await button(page, "Unterschreiben").click();
		await page.getByText("Unterschrieben.").waitFor();
		await leave(page);
		const other = await newPage({ locale: "de-DE" });
		await signIn(other, "carla");
		await button(other, "Lesen und unterschreiben").click();
		await button(other, "Unterschreiben").click();
		await button(other, "Den ganzen Plan buchen").click();
		await button(other, "Den ganzen Plan buchen").click();
		await other.getByText("Ihr Plan ist gebucht").waitFor();
		await accessible(other, "a plan");
		const { items } = await ask(carla, "GET", `/api/v1/sessions?pair_id=${pair}&status=confirmed&limit=100`);
		assert.ok(items.length > 10, `${items.length} meetings`);
		await leave(other);
	},
});
