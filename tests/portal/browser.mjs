// What the tests of the portal share: a browser, a small company, people who sign in, and the tally.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import assert from "node:assert/strict";

// run.py installs the packages of tests/package-lock.json there.
const require = createRequire(new URL("../../build/npm/tests/", import.meta.url));
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const facts = JSON.parse(readFileSync(process.env.UPWARD_STACK, "utf8"));
export const LONG = Boolean(process.env.UPWARD_LONG);
const WAIT = 300_000; // a slow machine is no fault
const SLOWER = Number(process.env.UPWARD_SLOWER ?? 1); // pages run so many times slower, to see what depends on it
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync"];
export const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

// ---- the API ---------------------------------------------------------------------------------------
const tokens = new Map();

/** A token of the stack's own keys. */
export function token(role, user = "") {
	const key = `${role}:${user}`;
	if (!tokens.has(key))
		tokens.set(key, execFileSync(facts.token_tool, ["sign", "--dir", facts.keys, "--role", role, "--ttl", "3600",
			...(user ? ["--sub", user] : [])], { env: { ...process.env, APP_ENV: "development" } }).toString().trim());
	return tokens.get(key);
}

/** Asks again until the answer is as it should be; less and less often, since asking is work for the machine too. */
export async function until(good, what, askAgain) {
	let pause = 25;
	for (const deadline = Date.now() + WAIT; ;) {
		const answer = await askAgain();
		if (good(answer)) return answer;
		assert.ok(Date.now() < deadline, `waited too long for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, pause));
		pause = Math.min(2 * pause, 500);
	}
}

/** The answer to a request of a person as JSON; an error unless it succeeds, later where the machine is busy now. */
export async function ask([role, user], method, path, body, type = "application/json", more = {}) {
	const request = {
		method,
		headers: { Authorization: `Bearer ${token(role, user)}`, ...(body === undefined ? {} : { "Content-Type": type }),
			...(method === "POST" ? { "Idempotency-Key": randomUUID() } : {}), ...more },
		...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
	};
	const reply = await until((answer) => answer.status !== 503, `${method} ${path}`, () => fetch(facts.url + path, request));
	const text = await reply.text();
	assert.ok(reply.ok, `${method} ${path}: ${reply.status} ${text}`);
	return text ? JSON.parse(text) : undefined;
}

export const HAL = ["programme_admin", "hal"];
export const PEOPLE = `external_id,user_name,given_name,family_name,title,department,location,country,time_zone,level,manager_external_id,active,languages
P-1,carla,Carla,Chief,Chief executive,Board,Berlin,DE,Europe/Berlin,8,,true,en|de
P-2,ivy,Ivy,Lead,Director,IT,London,GB,Europe/London,6,P-1,true,en
P-3,hal,Hal,Lead,Director,HR,Paris,FR,Europe/Paris,6,P-1,true,en
P-4,tia,Tia,Team,Team lead,HR,Paris,FR,Europe/Paris,4,P-3,true,en
P-5,ann,Ann,Ames,Associate,Sales,Berlin,DE,Europe/Berlin,1,P-4,true,en|de
P-6,bob,Bob,Boyd,Associate,Marketing,London,GB,Europe/London,1,P-4,true,en
P-7,dev,Dev,Dutt,Engineer,IT,New York,US,America/New_York,1,P-4,true,en
P-8,eve,Eve,East,Engineer,Finance,London,GB,Europe/London,1,P-4,true,en
`;
const CROWD = ["sal", "sam", "sid", "sue", "syl"];
export const JUNIORS = ["ann", "bob", "dev", "eve"];

/** Imports the company, its skills and wants; returns the skills' ids. */
export async function company() {
	const made = await ask(["hris"], "POST", "/api/v1/imports?mode=full", PEOPLE
		+ CROWD.map((user, at) => `P-${9 + at},${user},${user},Sales,Associate,Sales,Berlin,DE,`
			+ `${user === "sal" ? "America/New_York" : "Europe/Berlin"},1,P-4,true,en\n`).join(""), "text/csv");
	await until((job) => job.status === "done", "the import", () => ask(["hris"], "GET", `/api/v1/imports/${made.id}`));
	return skillsOf();
}

/** What the juniors teach and the leaders want to learn: the skills' ids. */
export async function skillsOf() {
	const skills = [];
	for (const name of ["Generative AI", "Social media"]) skills.push((await ask(["admin"], "POST", "/api/v1/skills", { name })).id);
	for (const user of ["carla", "ivy"])
		await ask(["participant", user], "PUT", "/api/v1/people/me/skills", { skills: skills.map((skill_id) => ({ skill_id, current: 1, target: 4 })) });
	for (const [at, user] of JUNIORS.entries())
		await ask(["participant", user], "PUT", "/api/v1/people/me/skills",
			{ skills: skills.slice(0, 1 + (at % 2)).map((skill_id) => ({ skill_id, current: 4, offered: true })) });
	return skills;
}

/** A programme that begins in so many days, with everybody in it, and its published round. */
export async function programme(title, ahead = 0) {
	const made = await ask(HAL, "POST", "/api/v1/programmes",
		{ title, purpose: "digital_skills", starts_on: inDays(ahead), ends_on: inDays(ahead + 180), pick_days: 14 });
	await ask(HAL, "POST", `/api/v1/programmes/${made.id}/recruitment`);
	await ask(HAL, "POST", "/api/v1/enrolments/batches", { programme_id: made.id, note: "Named.", items: [
		...["carla", "ivy"].map((user_name) => ({ user_name, role: "mentee" })), ...JUNIORS.map((user_name) => ({ user_name, role: "mentor" }))] });
	const round = await ask(HAL, "POST", "/api/v1/rounds", { programme_id: made.id });
	await until((job) => job.status === "ready", "the round", () => ask(HAL, "GET", `/api/v1/rounds/${round.id}`));
	await ask(HAL, "POST", `/api/v1/rounds/${round.id}/publication`);
	return made.id;
}

/** A programme with enough people of one department for a figure, and a snapshot that counts them; before other programmes. */
export async function crowd() {
	const { id } = await ask(HAL, "POST", "/api/v1/programmes",
		{ title: "Crowd", purpose: "digital_skills", starts_on: inDays(0), ends_on: inDays(180), pick_days: 14 });
	await ask(HAL, "POST", `/api/v1/programmes/${id}/recruitment`);
	await ask(HAL, "POST", "/api/v1/enrolments/batches", { programme_id: id, note: "Named.",
		items: CROWD.map((user_name) => ({ user_name, role: "mentor" })) });
	const snapshot = (number) => until(({ items }) => items.some((one) => one.number === number && one.ready), `snapshot ${number}`,
		() => ask(HAL, "GET", `/api/v1/reports/programmes/${id}/snapshots`));
	// The first may be older than these people; the next one is due a month after it has been taken.
	await snapshot(1);
	await clock("evaluation", 32);
	await snapshot(2);
	await clock("evaluation", 0);
	return id;
}

/** Moves the clock of a service so many days ahead. */
export async function clock(service, days) {
	const moved = await fetch(`${facts.services[service].admin_url}/clock`, { method: "PUT",
		headers: { "Content-Type": "application/json" }, body: JSON.stringify({ offset_seconds: days * 86_400 }) });
	assert.ok(moved.ok, `the clock: ${moved.status}`);
}

/** The user name behind a person's id. */
export const userOf = async (id) => (await ask(["hris"], "GET", `/api/v1/people/${id}`)).hr.user_name;

// ---- the browser -----------------------------------------------------------------------------------
let browser;

/** A page of a browser of its own, without anything from before. What goes wrong in it is a failure. */
export async function newPage(options = {}) {
	browser ??= await chromium.launch({ executablePath: process.env.UPWARD_CHROMIUM, args: FLAGS, timeout: WAIT });
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", timezoneId: "Europe/Berlin",
		reducedMotion: "reduce", ...options });
	context.setDefaultTimeout(WAIT);
	const page = await context.newPage();
	if (SLOWER > 1) await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
	page.faults = [];
	page.on("pageerror", (error) => page.faults.push(error.message));
	page.on("console", (message) => {
		// A refusal is shown to the person; a policy that is broken is not.
		if (message.type() === "error" && !/Failed to load resource/.test(message.text())) page.faults.push(message.text());
	});
	page.on("request", (request) => {
		const { hostname } = new URL(request.url());
		if (hostname && hostname !== "127.0.0.1") page.faults.push(`loads ${request.url()}`);
	});
	return page;
}

/** Signs a person in by the stack's own page. */
export async function signIn(page, user, role = "participant") {
	// The page leaves for the sign-in page by itself, on a busy machine before it is loaded.
	await page.goto(`${facts.url}/portal/`, { waitUntil: "commit" });
	await page.getByLabel("User name").fill(user);
	await page.getByLabel("Role").selectOption(role);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.getByRole("button", { name: /Sign out|Abmelden/ }).waitFor();
}

/** Closes the page's browser context; nothing may have gone wrong in it. */
export async function leave(page) {
	const { faults } = page;
	await page.context().close();
	assert.deepEqual(faults, []);
}

/** No violation of WCAG 2.2 AA, and nothing to scroll sideways. What costs most is for the long run, except where it says `always`. */
export async function accessible(page, where, always = false) {
	if (!LONG && !always) return;
	await page.evaluate(AXE);
	const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
	assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes[0].target.flat().join(" "), nodes[0].failureSummary]), [], where);
	const [wide, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
	assert.ok(wide <= width, `${where} is ${wide} wide on ${width}`);
}

/** Presses Tab until the element with this name has the focus. */
export async function tabTo(page, name) {
	for (let presses = 0; presses < 80; presses++) {
		await page.keyboard.press("Tab");
		const at = await page.evaluate(() => {
			let deepest = document.activeElement;
			while (deepest?.shadowRoot?.activeElement) deepest = deepest.shadowRoot.activeElement;
			const own = deepest?.textContent?.trim() || deepest?.getAttribute("aria-label");
			return own || [...deepest?.labels ?? []].map((label) => label.textContent.trim()).join(" ");
		});
		if (at.includes(name)) return;
	}
	assert.fail(`Tab never reaches “${name}”`);
}

// ---- the tally -------------------------------------------------------------------------------------
/**
 * Runs the tests one after the other, those of the long run too if it is one, or those whose name contains the program's
 * argument; ends with the line `N passed, N failed`.
 */
export async function run(daily, long = {}) {
	const tests = Object.entries(LONG ? { ...daily, ...long } : daily).filter(([name]) => name.includes(process.argv[2] ?? ""));
	let passed = 0, failed = 0;
	for (const [name, test] of tests) {
		const began = performance.now();
		try {
			await test();
			passed++;
			console.log(`ok ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
		} catch (error) {
			failed++;
			console.log(`FAILED ${name}\n${error.stack}`);
		}
	}
	console.log(`${passed} passed, ${failed} failed`);
	// A browser that is asked to close may never do it; one whose program ends is ended.
	await Promise.race([browser?.close(), new Promise((resolve) => setTimeout(resolve, 10_000))]);
	process.exit(failed ? 1 : 0);
}
