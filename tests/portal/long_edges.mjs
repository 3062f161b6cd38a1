// What is rare: two who want the same mentor at once, a connection that goes, the clocks' change, the narrowest
// and the widest screen, a very long list, and the ways out of a pair.
import assert from "node:assert/strict";
import { HAL, accessible, ask, clock, company, leave, newPage, programme, run, signIn, until } from "./browser.mjs";

const [skill] = await company();
const button = (page, name) => page.getByRole("button", { name });
const participant = (user) => ["participant", user];
const pairsOf = async (user) => (await ask(participant(user), "GET", "/api/v1/pairs")).items.filter((pair) => pair.status === "proposed");

/** A pair of a leader and a mentor who is on no shortlist, so that the two have never been one before; its id. */
async function paired(programme_id, mentee, user_name) {
	await ask(participant(user_name), "PUT", "/api/v1/people/me/skills", { skills: [{ skill_id: skill, current: 4, offered: true }] });
	await ask(HAL, "POST", "/api/v1/enrolments/batches", { programme_id, note: "Named.", items: [{ user_name, role: "mentor" }] });
	const enrolments = (await ask(HAL, "GET", `/api/v1/enrolments?programme_id=${programme_id}&limit=100`)).items;
	const of = (name) => enrolments.find((one) => one.person.display_name.toLowerCase().startsWith(name)).id;
	const pair = await ask(HAL, "POST", "/api/v1/pairs",
		{ mentee_enrolment_id: of(mentee), mentor_enrolment_id: of(user_name), note: "They know each other." });
	await ask(participant(user_name), "POST", `/api/v1/pairs/${pair.id}/acceptance`, {});
	return pair;
}

/** The page of a person's open shortlist. */
async function shortlist(user, options) {
	const page = await newPage(options);
	await signIn(page, user);
	await button(page, "Choose").first().click();
	await page.locator("upward-shortlist .card").first().waitFor();
	return page;
}

/** A sunday: the first, second … of a month, or the last (0). */
function sunday(year, month, number) {
	const last = new Date(Date.UTC(year, month, number ? 1 : 0, 12));
	const on = last.getUTCDay();
	last.setUTCDate(last.getUTCDate() + (number ? ((7 - on) % 7) + 7 * (number - 1) : -on));
	return last;
}

await run({}, {
	"two want the same mentor at once: one is asked for, the other chooses among a fresh three": async () => {
		const id = await programme("Race");
		const pages = await Promise.all(["carla", "ivy"].map((user) => shortlist(user)));
		const names = await Promise.all(pages.map((page) => page.locator("upward-shortlist .card h3").allInnerTexts()));
		const wanted = names[0].find((name) => names[1].includes(name));
		for (const page of pages) await button(page, `Choose ${wanted}`).click();
		await Promise.all(pages.map((page) => button(page, `Ask ${wanted}`).click()));
		const asked = await Promise.all(pages.map((page) => Promise.race([
			page.getByRole("heading", { name: "has been asked" }).waitFor().then(() => true),
			page.getByText("This mentor has just been taken").waitFor().then(() => false)])));
		assert.deepEqual([...asked].sort(), [false, true]);
		const loser = pages[asked.indexOf(false)];
		await button(loser, `Choose ${wanted}`).waitFor({ state: "hidden" });
		await button(loser, "Choose").first().waitFor();
		await accessible(loser, "somebody was faster");
		const fresh = await loser.locator("upward-shortlist .card h3").allInnerTexts();
		assert.equal(fresh.length, 3);
		assert.ok(!fresh.includes(wanted), `${wanted} among ${fresh}`);
		await button(loser, `Choose ${fresh[0]}`).click();
		await button(loser, `Ask ${fresh[0]}`).click();
		await loser.getByRole("heading", { name: "has been asked" }).waitFor();
		for (const page of pages) await leave(page);
		assert.deepEqual([(await pairsOf("carla")).length, (await pairsOf("ivy")).length], [1, 1]);
		await end(id);
	},

	"a connection that goes in the middle of a pick costs nothing: one key, one pair": async () => {
		const id = await programme("Cut");
		const page = await shortlist("carla", { viewport: { width: 360, height: 740 } });
		const keys = [];
		page.on("request", (request) => request.url().endsWith("/pick") && keys.push(request.headers()["idempotency-key"]));
		await button(page, "Choose").first().click();
		await page.context().setOffline(true);
		await button(page, "Ask").click();
		await page.getByText("The connection is lost.").waitFor();
		assert.equal(await page.locator("upward-shortlist .card.chosen").count(), 1);
		await accessible(page, "a lost connection");
		await page.context().setOffline(false);
		await page.getByRole("heading", { name: "has been asked" }).waitFor();
		assert.ok(keys.length > 1 && new Set(keys).size === 1, `keys: ${keys}`);
		assert.equal((await pairsOf("carla")).length, 1);
		await leave(page);
		await end(id);
	},

	"between the changes of the clocks in New York and Berlin both read their own hour": async () => {
		const soon = new Date(Date.now() + 3 * 86_400_000);
		let year = soon.getUTCFullYear();
		if (sunday(year, 2, 2) < soon) year++;
		const change = sunday(year, 2, 2);
		const monday = new Date(change.getTime() + 86_400_000).toISOString().slice(0, 10);
		const ahead = Math.round((change.getTime() - Date.now()) / 86_400_000) - 4;
		await clock("scheduling", ahead);
		const id = await programme("Clocks", ahead);
		const pair = await paired(id, "carla", "sal");
		await ask(participant("carla"), "POST", "/api/v1/sessions", { pair_id: pair.id, starts_at: `${monday}T15:00`, time_zone: "Europe/Berlin", duration_minutes: 30, mode: "video" });
		for (const [user, timezoneId, own, other] of [["carla", "Europe/Berlin", "15:00–15:30", null], ["sal", "America/New_York", "10:00–10:30", "15:00 Berlin"]]) {
			const page = await newPage({ timezoneId });
			await signIn(page, user);
			await page.goto(`${page.url().split("#")[0]}#/pairs/${pair.id}`);
			await page.locator("upward-pair .when").waitFor();
			assert.match(await page.locator("upward-pair .when").innerText(), new RegExp(own));
			if (other) await page.getByText(other).waitFor();
			const [answer] = await Promise.all([page.waitForResponse(/\/api\/v1\/slots\?/), button(page, "Move it").click()]);
			const { slots } = await answer.json();
			await page.locator("upward-pair .slot").first().waitFor();
			const shown = (await page.locator("upward-pair .slot").allInnerTexts()).map((text) => text.match(/\d\d:\d\d/g).join());
			const read = (at, timeZone) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
			const away = user === "sal" ? "Europe/Berlin" : "America/New_York";
			assert.deepEqual([...shown].sort(), slots.map(({ starts_at: at }) => `${read(at, timezoneId)},${read(at, away)}`).sort());
			await accessible(page, "slots in two zones");
			await leave(page);
		}
		await end(id);
		await clock("scheduling", 0);
	},

	"320 pixels and 4K: nothing is cut off, nothing is lost in space": async () => {
		const id = await programme("Sizes");
		for (const [width, height] of [[320, 640], [3840, 2160]])
			for (const [user, role, hash] of [["carla", "participant", ""], ["ivy", "participant", "shortlists"], ["hal", "programme_admin", `programmes/${id}`]]) {
				const page = await newPage({ viewport: { width, height } });
				await signIn(page, user, role);
				if (hash) await page.goto(`${page.url().split("#")[0]}#/${hash}`);
				await page.locator("main .panel, main .card").first().waitFor();
				await accessible(page, `${hash || "home"} at ${width}`);
				const { left, right, letters } = await page.evaluate(() => {
					const box = document.querySelector("main").getBoundingClientRect();
					return { left: box.left, right: innerWidth - box.right, letters: parseFloat(getComputedStyle(document.documentElement).fontSize) };
				});
				assert.ok(Math.abs(left - right) < 20, `${left} and ${right} beside the page`);
				assert.ok(width < 1000 ? letters === 16 : letters >= 20, `letters of ${letters} pixels on ${width}`);
				await leave(page);
			}
		await end(id);
	},

	"they pause, go on, ask for help, and one leaves at once": async () => {
		const id = await programme("Ways out");
		const pair = await paired(id, "ivy", "sam");
		// Hal leads the one who leads Sam, and may not help; Sue may.
		const { person: sue } = await ask(participant("sue"), "GET", "/api/v1/me");
		await ask(HAL, "POST", `/api/v1/programmes/${id}/coordinators`, { person_id: sue.id });
		const page = await newPage();
		await signIn(page, "sam");
		await page.goto(`${page.url().split("#")[0]}#/pairs/${pair.id}`);
		await page.getByText("Help, pause, end").click();
		await accessible(page, "ways out");
		await button(page, "Put it on hold").click();
		await page.getByRole("radio", { name: "Too much work" }).check();
		await button(page, "Put it on hold").click();
		await page.getByRole("heading", { name: "On hold" }).waitFor();
		await accessible(page, "on hold");
		await button(page, "Go on").click();
		await page.getByText("You are together again.").waitFor();
		await page.getByText("Help, pause, end").click();
		await button(page, "Ask for help").click();
		await page.getByLabel("In your own words").fill("Can we talk?");
		await button(page, "Send it").click();
		await page.getByText("Sent. You will find the answer").waitFor();
		const coordinator = await newPage();
		await signIn(coordinator, "sue", "programme_admin");
		await button(coordinator, "Answer").click();
		await coordinator.getByText("Can we talk?").waitFor();
		await accessible(coordinator, "a request for help");
		await coordinator.getByLabel("Your answer").fill("Tomorrow at ten.");
		await button(coordinator, "Send").click();
		await coordinator.getByText("Sent. Nobody else sees it.").waitFor();
		await leave(coordinator);
		const mine = await newPage();
		await signIn(mine, "sam");
		const answered = mine.getByRole("listitem").filter({ hasText: "Your request for help has been answered." });
		await answered.getByRole("button", { name: "Show" }).click();
		await answered.getByText("Tomorrow at ten.").waitFor();
		await accessible(mine, "an answer");
		await button(mine, "All read").click();
		await answered.waitFor({ state: "hidden" });
		await leave(mine);
		await page.getByText("Help, pause, end").click();
		await button(page, "Leave at once").click();
		await button(page, "Leave now").click();
		await page.getByText("The pair has ended.").waitFor();
		await accessible(page, "an ended pair");
		await leave(page);
		await end(id);
	},

	"of a long work list one kind is shown, and everybody of it is reminded": async () => {
		const id = await programme("Late");
		await ask(HAL, "POST", "/api/v1/enrolments/batches", { programme_id: id, note: "Named.", items: [{ user_name: "tia", role: "mentee" }] });
		await clock("evaluation", 4);
		const page = await newPage();
		await signIn(page, "hal", "programme_admin");
		await page.goto(`${page.url().split("#")[0]}#/programmes/${id}`);
		const rows = page.locator("upward-programme .rows li");
		await page.getByText("see to the work list. Has not chosen: 2, Joined late, has no list: 1.").waitFor();
		assert.equal(await rows.count(), 3);
		await button(page, "Has not chosen 2").click();
		await button(page, "Remind everybody of this").click();
		await page.getByText(/been reminded|were reminded/).waitFor(); // by the coordinator, or just before by the product
		assert.equal(await rows.count(), 2);
		await accessible(page, "one kind of work");
		await button(page, "Everything").click();
		await rows.nth(2).waitFor();
		await leave(page);
		await clock("evaluation", 0);
		await end(id);
	},

	"a list of ten thousand rows is turned page by page, and the browser holds one": async () => {
		const head = "external_id,user_name,given_name,family_name,department,level,manager_external_id,active\n";
		const many = Array.from({ length: 10_000 }, (_, at) => `M-${at},m${at},Mo,Nr${at},Field,5,P-1,true\n`).join("");
		const made = await ask(["hris"], "POST", "/api/v1/imports?mode=delta", head + many, "text/csv");
		await until((job) => job.status === "done", "the import", () => ask(["hris"], "GET", `/api/v1/imports/${made.id}`));
		const id = await programme("Many");
		for (let at = 0; at < 10_000; at += 1000)
			await ask(HAL, "POST", "/api/v1/enrolments/batches", { programme_id: id, note: "Named.",
				items: Array.from({ length: 1000 }, (_, one) => ({ user_name: `m${at + one}`, role: "mentee" })) });
		const page = await newPage();
		await signIn(page, "hal", "programme_admin");
		await page.goto(`${page.url().split("#")[0]}#/programmes/${id}`);
		await page.getByRole("heading", { name: "Work list" }).waitFor();
		const nodes = () => page.evaluate(() => document.querySelector("upward-programme").shadowRoot.querySelectorAll("*").length);
		await page.locator("upward-programme nav").first().waitFor();
		const first = await nodes();
		const seen = new Set();
		for (let number = 1; number < 30; number++) {
			for (const row of await page.locator("upward-programme .rows li").allInnerTexts()) seen.add(row);
			await button(page, "Next").first().click();
			await page.getByText(`Page ${number + 1}`).waitFor();
		}
		assert.ok(seen.size > 700, `${seen.size} rows seen`);
		const last = await nodes();
		assert.ok(last < 1500 && last < first * 1.5, `${first} nodes at first, ${last} at last`);
		await button(page, "Back").first().click();
		await page.getByText("Page 29").waitFor();
		await accessible(page, "a long list");
		await leave(page);
	},
});

/** Cancels a programme, so that the next one has its people to itself. */
async function end(id) {
	const { can } = await ask(HAL, "GET", `/api/v1/programmes/${id}`);
	await ask(HAL, "POST", `/api/v1/programmes/${id}/${can.includes("cancellation") ? "cancellation" : "closing"}`);
}
