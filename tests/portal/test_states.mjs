// Each element in each of its states, embedded in a plain page with a token function.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { HAL, JUNIORS, accessible, ask, company, crowd, facts, inDays, leave, newPage, programme, run, signIn, token, until } from "./browser.mjs";

await company();
const reported = await crowd();
await programme("States");
const carla = ["participant", "carla"];
const shortlistOf = async (user) => (await ask(["participant", user], "GET", "/api/v1/shortlists?status=open")).items[0];
const shortlist = await shortlistOf("carla");
const policies = await programme("Rules");
const NOBODY = "00000000-0000-4000-8000-000000000000";

/** The portal's own policy, with this page's one script. */
const strict = async (script) => (await fetch(`${facts.url}/portal/`)).headers.get("content-security-policy")
	.replace("script-src", `script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`);

/** A plain page with one element in it, as a portal would embed it. */
async function embed(element, { user = "carla", role = "participant", lang = "en", before, ...options } = {}) {
	const page = await newPage(options);
	const script = `import { configure } from "/elements/upward.js";
configure({ token: async () => "${token(role, user)}" });`;
	await page.route(`${facts.url}/embed.html`, async (route) => route.fulfill({ contentType: "text/html",
		headers: { "Content-Security-Policy": await strict(script) }, body: `<!doctype html>
<html lang="${lang}"><head><title>Intranet</title></head><body><main><h1>Intranet</h1>${element}</main>
<script type="module">${script}</script></body></html>` }));
	await before?.(page);
	await page.goto(`${facts.url}/embed.html`);
	return page;
}

const REPORTS = ["participation", "funnel", "representation", "network", "adherence", "gain", "satisfaction", "attitudes", "retention",
	"improvements", "cohort-improvements", "recognition", "losses", "cost"];
const fail = (path, status, body) => (page) =>
	page.route(path, (route) => route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify(body) }));
const ELEMENTS = {
	"upward-tasks": ["<upward-tasks></upward-tasks>", "**/api/v1/dashboards/me"],
	"upward-shortlist": [`<upward-shortlist shortlist-id="${shortlist.id}"></upward-shortlist>`, "**/api/v1/shortlists/*"],
	"upward-programme": [`<upward-programme programme-id="${NOBODY}"></upward-programme>`, "**/api/v1/dashboards/programmes/*"],
	"upward-report": [`<upward-report programme-id="${NOBODY}"></upward-report>`, "**/api/v1/reports/programmes/**"],
	"upward-import": ["<upward-import></upward-import>", "**/api/v1/imports?*"],
	"upward-pair": [`<upward-pair pair-id="${NOBODY}"></upward-pair>`, "**/api/v1/dashboards/pairs/*"],
};

const states = {};
for (const [name, [element, path]] of Object.entries(ELEMENTS))
	states[`${name} says what is wrong: no answer yet, a fault, no connection, no right`] = async () => {
		let answer;
		const page = await embed(element, { before: (opened) => opened.route(path, (route) => answer ? answer(route) : undefined) });
		await page.getByText("Loading").waitFor();
		await accessible(page, `${name}, loading`);
		const refuse = (status, body) => (route) => route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify(body) });
		for (const [next, heading] of [
			[refuse(500, { title: "An internal error occurred.", code: "internal", request_id: "r-1" }), "This cannot be shown right now"],
			[refuse(404, { title: "Not found.", code: "not_found" }), "There is nothing here for you"],
			[(route) => route.abort(), "You are offline"],
		]) {
			answer = next;
			await page.evaluate(() => dispatchEvent(new Event("online")));
			await page.getByRole("heading", { name: heading }).waitFor();
			await accessible(page, `${name}, ${heading}`);
		}
		await leave(page);
	};

await run({
	"a pick whose answer is lost is sent again with the same key, and made once": async () => {
		const keys = [];
		let back;
		const connected = new Promise((resolve) => { back = resolve; });
		const page = await embed(ELEMENTS["upward-shortlist"][0], { before: (opened) =>
			opened.route("**/pick", async (route) => {
				keys.push(await route.request().headerValue("idempotency-key"));
				if (keys.length === 1) {
					await route.fetch({ timeout: 0 }); // it is carried out, and the answer does not arrive
					return route.abort();
				}
				await connected; // the element tries again by itself: not before its note has been seen
				return route.continue();
			}) });
		await page.getByRole("button", { name: "Choose" }).first().click();
		await page.getByRole("button", { name: "Ask" }).click();
		await page.getByText("The connection is lost.").waitFor();
		back();
		await page.evaluate(() => dispatchEvent(new Event("online")));
		await page.getByRole("heading", { name: "has been asked" }).waitFor();
		assert.ok(keys.length > 1);
		assert.equal(new Set(keys).size, 1);
		assert.equal((await ask(carla, "GET", "/api/v1/pairs")).items.length, 1);
		await leave(page);
	},

	"a file is tried, its faults are shown by line, and a good one is applied": async () => {
		const page = await embed("<upward-import></upward-import>", { role: "hris", user: "" });
		const offer = (text) => page.locator("input[type=file]").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
		const head = "external_id,user_name,given_name,level\n";
		await page.getByRole("heading", { name: "Import people" }).waitFor();
		await accessible(page, "an import");
		await offer(`${head}N-1,nina,Nina,two\n`);
		await page.getByText("A level must be a whole number").waitFor();
		await accessible(page, "faults");
		await page.getByRole("button", { name: "Another file" }).click();
		await offer(`${head}N-1,nina,Nina,2\n`);
		await page.getByRole("heading", { name: "What would change" }).waitFor();
		await accessible(page, "changes");
		await page.getByRole("button", { name: "Apply it" }).click();
		await page.getByText("The file has been applied.").waitFor();
		await leave(page);
	},

	"a report has a chart, the same in words and as a table, and its method; what is hidden is said": async () => {
		const page = await embed(`<upward-report programme-id="${reported}" report="funnel"></upward-report>`,
			{ user: "hal", role: "programme_admin" });
		await page.locator("upward-report svg").waitFor();
		const chart = page.getByRole("img", { name: "Bar chart." });
		assert.match(await chart.getAttribute("aria-label"), /invited: 5 each\./);
		assert.equal(await chart.locator("path[fill^='var(']").count() > 0, true);
		assert.equal(await page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "Sales" }) }).innerText(), "Sales\t5\t5\tfewer than 5");
		await page.getByText(/^Not shown, since fewer than 5 people .*Sales \(in a pair\)/).waitFor();
		await page.getByText("Method.").waitFor();
		await accessible(page, "a report", true);
		assert.equal((await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page\b/g).length, 1);
		await leave(page);
	},

	"what the API says is German for whoever reads German: rules, refusals, a report": async () => {
		const page = await embed(`<upward-programme programme-id="${policies}"></upward-programme>
			<upward-report programme-id="${reported}" report="funnel"></upward-report>`, { user: "hal", role: "programme_admin", lang: "de" });
		await page.getByText("Mindestens 5 Menschen nehmen teil.").waitFor();
		await page.getByText("Menschen, die eingeladen waren").waitFor();
		await page.getByRole("button", { name: "Ansehen und ändern" }).click();
		await page.getByRole("slider", { name: "Gewünschte Fähigkeiten" }).waitFor();
		await page.getByText("Was gelten muss").click();
		await page.getByLabel("Kleinster Abstand der Stufen").fill("9");
		await page.getByLabel("Größter Abstand der Stufen").fill("2");
		await page.getByRole("button", { name: "Als neue Fassung speichern" }).click();
		await page.getByText("Zwei Angaben der Regeln widersprechen sich.").waitFor();
		assert.deepEqual(await page.locator("[lang=en]").allInnerTexts(), []);
		await leave(page);
	},

	"what would help a leader without a list is said, tried and made": async () => {
		const { id } = await ask(HAL, "POST", "/api/v1/programmes",
			{ title: "Too strict", purpose: "digital_skills", starts_on: inDays(0), ends_on: inDays(180) });
		await ask(HAL, "POST", `/api/v1/programmes/${id}/policies`, { based_on: 1, rules: { min_level_gap: 9 } });
		await ask(HAL, "POST", `/api/v1/programmes/${id}/recruitment`);
		await ask(HAL, "POST", "/api/v1/enrolments/batches", { programme_id: id, note: "Named.", items: [
			...["carla", "ivy"].map((user_name) => ({ user_name, role: "mentee" })), ...JUNIORS.map((user_name) => ({ user_name, role: "mentor" }))] });
		const page = await embed(`<upward-programme programme-id="${id}"></upward-programme>`, { user: "hal", role: "programme_admin" });
		await page.getByRole("button", { name: "Match now" }).click();
		await page.getByText("No junior is on more than").waitFor();
		await page.getByRole("button", { name: "Look at the lists" }).click();
		const ivy = page.locator(".list").filter({ hasText: "Ivy Lead" });
		await ivy.getByText("Most mentors are not junior enough.").waitFor();
		await ivy.getByText("A small change of the rules would allow 4 juniors more.").waitFor();
		await ivy.getByRole("button", { name: "Try the change" }).click();
		const change = page.getByRole("region", { name: "What would change" });
		await change.getByText("2 leaders would be better off, 0 worse").waitFor();
		assert.match(await change.getByRole("row", { name: "Leaders with a full list" }).innerText(), /\t0\t2$/);
		await change.getByText("Who would gain most (2)").click();
		await change.getByText(/^Would see .+ and .+\.$/).first().waitFor();
		await accessible(page, "a comparison", true);
		await ivy.getByRole("button", { name: "Make the change" }).click();
		await page.getByText("Saved. It counts from the next round on.").waitFor();
		assert.equal((await ask(HAL, "GET", `/api/v1/programmes/${id}`)).rules.min_level_gap, 5);
		await page.getByRole("button", { name: "Discard" }).click();
		await page.getByRole("button", { name: "Run a round" }).first().click();
		await page.getByText("2 of 2 leaders have a full list.").waitFor();
		await page.getByRole("button", { name: "Look at the lists" }).click();
		await ivy.getByText("Why these").click();
		await ivy.getByText("Skills wanted").first().waitFor();
		assert.match(await ivy.locator(".bars b").first().innerText(), /^\d+ of 153$/);
		await accessible(page, "why these");
		await leave(page);
	},

	"the elements and the first view are small": async () => {
		const elements = gzipSync(await (await fetch(`${facts.url}/elements/upward.js`)).text()).length;
		assert.ok(elements <= 90 * 1024, `the elements are ${elements} bytes`);
		const page = await newPage({ locale: "de-DE" }); // in German there is a catalogue more
		const loaded = [];
		page.on("requestfinished", (request) => request.url().startsWith(facts.url) && loaded.push(request.sizes()));
		await signIn(page, "ivy");
		await page.getByRole("heading", { name: "Das wartet auf Sie" }).waitFor();
		const bytes = (await Promise.all(loaded)).reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
		assert.ok(bytes <= 150 * 1024, `the first view is ${bytes} bytes`);
		const shown = await page.evaluate(() => new Promise((resolve) => new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
			.observe({ type: "largest-contentful-paint", buffered: true })));
		console.log(`the first view: ${Math.round(bytes / 1024)} KiB, in ${Math.round(shown)} ms`);
		await leave(page);
	},

	"what is unchanged is not sent again": async () => {
		const page = await embed("<upward-tasks></upward-tasks>");
		await page.getByRole("heading", { name: "Waiting for you" }).waitFor();
		await until((status) => status === 304, "an answer without a body", async () => {
			const [answer] = await Promise.all([page.waitForResponse("**/dashboards/me"),
				page.evaluate(() => dispatchEvent(new Event("online")))]);
			const known = await answer.request().headerValue("if-none-match");
			assert.ok(known);
			if (answer.status() === 200) assert.notEqual(answer.headers().etag, known); // something has changed meanwhile
			return answer.status();
		});
		// What is new is looked at each time: as many unread ones as before may be others.
		const { items: [notice] } = await ask(carla, "GET", "/api/v1/notifications?limit=1");
		await page.route("**/dashboards/me", (route) => route.fulfill({ status: 304 }));
		for (const title of ["The first", "The second"]) {
			await page.route("**/notifications?*", (route) => route.fulfill({ json: { unread_count: 1, next_cursor: null,
				items: [{ ...notice, data: { title, text: "Said to all." }, links: { subject: "/api/v1/programmes/1", portal: null } }] } }));
			await page.evaluate(() => dispatchEvent(new Event("online")));
			await page.getByText(title).waitFor();
		}
		await leave(page);
	},
}, {
	...states,

	"the documentation has a first page, finds operations, and keeps a token until the tab is closed": async () => {
		const page = await newPage();
		await page.goto(`${facts.url}/docs`);
		await page.getByRole("link", { name: "Start here" }).click();
		await page.getByRole("heading", { name: "Tokens" }).waitFor();
		await accessible(page, "start here", true);
		await page.getByRole("link", { name: "The API", exact: true }).click();
		const authorize = async () => {
			await page.getByRole("button", { name: "Authorize", exact: true }).first().click();
			await page.locator(".modal-ux").waitFor();
			return page.locator(".modal-ux");
		};
		await page.locator(".opblock-tag-section").first().waitFor();
		const groups = await page.locator(".opblock-tag-section").count();
		await page.getByPlaceholder("Filter by tag").fill("pick");
		await page.waitForFunction((most) => document.querySelectorAll(".opblock-tag-section").length < most, groups);
		await page.locator(".opblock-tag-section").filter({ hasText: "shortlists" }).waitFor();
		await (await authorize()).getByRole("textbox").fill(token(...carla));
		await page.locator(".modal-ux").getByRole("button", { name: "Apply credentials" }).click();
		await page.reload();
		await (await authorize()).getByRole("button", { name: "Remove authorization" }).waitFor();
		await page.locator(".modal-ux").getByRole("button", { name: "Close" }).first().click();
		// The token goes with a request that is tried out.
		await page.getByPlaceholder("Filter by tag").fill("who am i");
		await page.locator(".opblock-tag").click();
		await page.locator(".opblock-summary-control").click();
		const [request] = await Promise.all([page.waitForRequest(`${facts.url}/api/v1/me`), page.getByRole("button", { name: "Execute" }).click()]);
		assert.equal((await request.allHeaders()).authorization, `Bearer ${token(...carla)}`);
		const other = await page.context().newPage();
		await other.goto(`${facts.url}/docs/`);
		await other.locator(".opblock-tag-section").first().waitFor();
		assert.equal(await other.evaluate(() => sessionStorage.length + localStorage.length), 0);
		assert.equal(await page.evaluate(() => localStorage.length), 0);
		await leave(page);
	},

	"every report is German, with its method, whether it shows figures or hides them": async () => {
		for (const id of [reported, policies]) {
			const page = await embed(REPORTS.map((name) => `<upward-report programme-id="${id}" report="${name}"></upward-report>`).join(""),
				{ user: "hal", role: "programme_admin", lang: "de" });
			for (let at = 0; at < REPORTS.length; at++) await page.locator("upward-report footer").nth(at).waitFor();
			await page.getByText("Nicht gerundet: Das sind keine Menschen, die teilnehmen.").waitFor();
			assert.deepEqual(await page.locator("[lang=en]").allInnerTexts(), []);
			await leave(page);
		}
	},

	"why somebody has no list is German, and so are the faults of a file": async () => {
		const { id } = await ask(HAL, "POST", "/api/v1/programmes",
			{ title: "Nobody", purpose: "digital_skills", starts_on: inDays(0), ends_on: inDays(180) });
		await ask(HAL, "POST", `/api/v1/programmes/${id}/recruitment`);
		await ask(HAL, "POST", "/api/v1/enrolments/batches", { programme_id: id, note: "Named.",
			items: [{ user_name: "tia", role: "mentee" }, ...["ann", "bob", "dev"].map((user_name) => ({ user_name, role: "mentor" }))] });
		const round = await ask(HAL, "POST", "/api/v1/rounds", { programme_id: id });
		await until((job) => job.status === "ready", "the round", () => ask(HAL, "GET", `/api/v1/rounds/${round.id}`));
		const page = await embed(`<upward-programme programme-id="${id}"></upward-programme>`, { user: "hal", role: "programme_admin", lang: "de" });
		await page.getByRole("button", { name: "Listen ansehen" }).click();
		await page.getByText("Die Person hat nicht gesagt, was sie lernen möchte.").waitFor();
		assert.deepEqual(await page.locator("[lang=en]").allInnerTexts(), []);
		await leave(page);
		const file = await embed("<upward-import></upward-import>", { role: "hris", user: "", lang: "de" });
		await file.locator("input[type=file]").setInputFiles({ name: "people.csv", mimeType: "text/csv",
			buffer: Buffer.from("external_id,user_name,given_name,level,country\nN-2,nick,Nick,two,\nN-3,nora,Nora,2,Deutschland\n") });
		await file.getByText("Eine Stufe ist eine ganze Zahl").waitFor();
		await file.getByText("Ein Land ist ein Code").waitFor();
		assert.deepEqual(await file.locator("[lang=en]").allInnerTexts(), []);
		await leave(file);
	},

	"somebody was faster: the next three are shown": async () => {
		const page = await embed("<upward-shortlist></upward-shortlist>", { user: "ivy", before: fail("**/pick", 409, {
			title: "The mentor has just been taken.", code: "shortlist_changed", replacement_shortlist: await shortlistOf("ivy") }) });
		await page.getByRole("button", { name: "Choose" }).first().click();
		await page.getByRole("button", { name: "Ask" }).click();
		await page.getByText("This mentor has just been taken").waitFor();
		await leave(page);
	},

	"who has no shortlist is told so": async () => {
		const page = await embed("<upward-shortlist></upward-shortlist>", { user: "eve" });
		await page.getByText("No shortlist is open for you.").waitFor();
		await accessible(page, "no shortlist");
		await leave(page);
	},
});
