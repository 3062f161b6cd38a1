// From the shortlist to the first meeting, by clicks: a leader on a phone picks, a mentor accepts and finds a time.
import assert from "node:assert/strict";
import { JUNIORS, accessible, ask, company, leave, newPage, programme, run, signIn, tabTo, userOf } from "./browser.mjs";

await company();
await programme("By clicks");
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
		const [made] = (await ask(["participant", "carla"], "GET", "/api/v1/pairs")).items;
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
		const { items } = await ask(["participant", "carla"], "GET", `/api/v1/sessions?pair_id=${pair}`);
		assert.deepEqual(items.map((session) => [session.kind, session.duration_minutes]), [["get_to_know", 30]]);
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
		await page.getByLabel("Skills wanted").fill("80");
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
		const { items } = await ask(["participant", "carla"], "GET", `/api/v1/sessions?pair_id=${pair}&status=confirmed&limit=100`);
		assert.ok(items.length > 10, `${items.length} meetings`);
		await leave(other);
	},
});
