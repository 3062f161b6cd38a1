// From an employee file to a proven outcome, by clicks of five people: HR, the coordinator, two leaders and a junior.
import assert from "node:assert/strict";
import { HAL, JUNIORS, PEOPLE, accessible, ask, clock, inDays, leave, newPage, run, signIn, skillsOf, userOf } from "./browser.mjs";

const carla = ["participant", "carla"];
const button = (page, name) => page.getByRole("button", { name });
let programme, pair, mentor, skill;

/** Does something as a person who signs in for it, and whose page may have no fault. */
async function as(user, role, what, options) {
	const page = await newPage(options);
	await signIn(page, user, role);
	await what(page);
	await leave(page);
}
const mentees = (what, options) => as("carla", "participant", what, options);
const mentors = (what, options) => as(mentor, "participant", what, options);
const hals = (what) => as("hal", "programme_admin", what);

/** Opens the page of the pair from the home page. */
async function toPair(page) {
	await page.getByRole("link", { name: /teaches you|learns from you/ }).click();
	await page.locator("upward-pair h2").waitFor();
}

await run({}, {
	"HR drops the employee file, reads what would change, and applies it": async () => {
		await as("", "hris", async (page) => {
			await page.goto(`${page.url().split("#")[0]}#/imports`);
			await page.locator("input[type=file]").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(PEOPLE) });
			await page.getByRole("heading", { name: "What would change" }).waitFor();
			await button(page, "Apply it").click();
			await page.getByText("The file has been applied.").waitFor();
		});
		[skill] = await skillsOf();
	},

	"the coordinator opens a programme and invites; one leader declines, the others take part": async () => {
		await hals(async (page) => {
			await page.getByRole("link", { name: "Programmes" }).click();
			await button(page, "New programme").click();
			await page.getByLabel("Name").fill("From file to outcome");
			await button(page, "Create it").click();
			await button(page, "Open it").click();
			for (const [role, from, to] of [["Leaders who learn", "6", ""], ["Juniors who teach", "", "1"]]) {
				await button(page, "Invite people").click();
				await page.getByRole("radio", { name: role }).check();
				await page.getByLabel("From level").fill(from);
				await page.getByLabel("Up to level").fill(to);
				await page.getByLabel("What is in it for them").fill("See for yourself.");
				await button(page, "Send invitations").click();
				await page.getByText("been invited.").waitFor();
			}
			programme = page.url().split("/").at(-1);
		});
		await mentees(async (page) => {
			await button(page, "Take part").click();
			await page.getByText("You take part.").waitFor();
		}, { viewport: { width: 360, height: 740 } });
		await as("ivy", "participant", async (page) => {
			await button(page, "No, thank you").click();
			await page.getByText("You have declined.").waitFor();
		});
		for (const user of JUNIORS)
			await as(user, "participant", async (page) => {
				await button(page, "Take part").click();
				await page.getByText("You take part.").waitFor();
			});
	},

	"she is shown three, picks one, who accepts": async () => {
		await hals(async (page) => {
			await page.goto(`${page.url().split("#")[0]}#/programmes/${programme}`);
			await button(page, "Match now").click();
			await button(page, /^Publish$/).click();
			await page.getByText("Published: every leader").waitFor();
		});
		await mentees(async (page) => {
			await button(page, "Choose").click();
			await button(page, "Choose").first().click();
			await button(page, "Ask").click();
			await page.getByRole("heading", { name: "has been asked" }).waitFor();
		}, { viewport: { width: 360, height: 740 } });
		const [made] = (await ask(carla, "GET", "/api/v1/pairs")).items;
		[pair, mentor] = [made.id, await userOf(made.mentor.id)];
		await mentors(async (page) => {
			await button(page, "Answer").click();
			await button(page, "Accept").click();
			await button(page, "Find a time").waitFor();
		});
	},

	"they meet once, agree, sign and book the plan": async () => {
		await mentors(async (page) => {
			await toPair(page);
			await button(page, "Find a time").click();
			await page.locator(".slot").first().click();
			await button(page, "Book it").click();
			await page.getByText("Booked, in both calendars.").waitFor();
			await button(page, "Propose an agreement").click();
			await page.getByLabel("Rhythm").selectOption("six_weeks");
			await page.getByLabel("What we expect").fill("We both prepare.");
			await button(page, "Propose an agreement").click();
			await button(page, "Sign it").click();
			await page.getByText("Signed.").waitFor();
		});
		await mentees(async (page) => {
			await toPair(page);
			await button(page, "Sign it").click();
			await button(page, "Book the whole plan").click();
			await button(page, "Book the whole plan").click();
			await page.getByText("Your plan is booked").waitFor();
			await accessible(page, "a plan");
		});
	},

	"they set a goal, and she says where she stands": async () => {
		await mentors(async (page) => {
			await toPair(page);
			await button(page, "Propose a goal").click();
			await page.getByLabel("What will be different").fill("Writes posts on the network without help");
			await page.getByLabel("What you count").fill("posts a month");
			await page.getByLabel("Target").fill("4");
			await page.getByLabel("By", { exact: true }).fill(inDays(90));
			await button(page, "Propose a goal").click();
			await page.getByText("Proposed. Your partner").waitFor();
		});
		await ask(HAL, "POST", "/api/v1/assessments", { programme_id: programme, skill_id: skill, title: "Where do you stand?",
			items: [{ key: "feel", text: "I write posts myself.", kind: "scale" },
				{ key: "tag", text: "What does a tag do?", kind: "choice", options: ["Decorate", "Let others find the post"], correct: 1 }],
			opens_on: inDays(0), closes_on: inDays(170) });
		await mentees(async (page) => {
			await toPair(page);
			await button(page, "Agree").click();
			await page.getByText("Agreed.").waitFor();
			await page.getByRole("link", { name: "Upward" }).click();
			await answer(page, "1", "Decorate");
		});
	},

	"the weeks go by: meetings are reported, progress is logged, feedback is given": async () => {
		await clock("scheduling", 45);
		await mentors(async (page) => {
			await toPair(page);
			const reports = button(page, "It took place");
			await reports.first().waitFor();
			for (let left = await reports.count(); left > 0; left--) {
				await reports.first().click();
				await page.getByText("Thank you.").waitFor();
				await page.waitForFunction((most) => {
					const held = document.querySelector("upward-pair").shadowRoot.querySelectorAll("button");
					return [...held].filter((one) => one.textContent.trim() === "It took place").length < most;
				}, left);
			}
			await button(page, "Log progress").click();
			await page.getByLabel("Now (posts a month)").fill("3");
			await button(page, "Log progress").click();
			await page.getByText("Logged.").waitFor();
			await button(page, "Give feedback").click();
			await page.getByRole("radio", { name: "5" }).check();
			await page.getByLabel("In your own words").fill("only mine");
			await page.getByRole("radio", { name: "Only me" }).check();
			await button(page, "Send").click();
			await page.getByText("Thank you. It is kept").waitFor();
			await accessible(page, "weeks later");
		});
	},

	"she stands elsewhere now, and the goal is met": async () => {
		await mentees(async (page) => {
			await toPair(page);
			await button(page, "Close it").click();
			await page.getByLabel("Now (posts a month)").fill("4");
			await button(page, "Close it").click();
			await page.getByText("Reached", { exact: true }).waitFor();
			await page.getByRole("link", { name: "Upward" }).click();
			await answer(page, "5", "Let others find the post");
		});
		const gains = await ask(carla, "GET", "/api/v1/assessments/gains");
		const [taken] = gains.pairs.find((one) => one.pair_id === pair).assessments;
		assert.ok(taken.gain > 0, JSON.stringify(taken));
	},

	"the coordinator winds it down and closes it; its reports hide the few": async () => {
		await hals(async (page) => {
			await page.goto(`${page.url().split("#")[0]}#/programmes/${programme}`);
			for (const [step, said] of [["Start it", "It has begun."], ["Wind it down", "It is winding down."]]) {
				await button(page, step).click();
				await page.getByText(said).waitFor();
			}
			await clock("matching", 370);
			await page.evaluate(() => dispatchEvent(new Event("online")));
			await button(page, "Close it").click();
			await page.getByText("It is closed.").waitFor();
			await button(page, "Who takes part", { exact: true }).first().click();
			await page.getByText("We cannot tell how many pairs have been active").waitFor();
			await accessible(page, "a report that hides all");
		});
	},
});

/** Takes the assessment that waits on the home page. */
async function answer(page, scale, choice) {
	await button(page, /^(Begin|Open)$/).first().click();
	await page.getByRole("radio", { name: scale, exact: true }).check();
	await page.getByRole("radio", { name: choice }).check();
	await accessible(page, "an assessment");
	await button(page, "Send").click();
	await page.getByText("Thank you. That is all.").waitFor();
}
