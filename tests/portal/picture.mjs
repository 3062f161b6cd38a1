// The picture in the README: picture.mjs STACK.json OUT.png, from a running stack with the demo company.
import { argv, env } from "node:process";

[, , env.UPWARD_STACK] = argv;
env.UPWARD_CHROMIUM ??= "/usr/bin/chromium";
const { newPage, signIn, leave, facts } = await import("./browser.mjs");
const { readFileSync } = await import("node:fs");
const { cast } = JSON.parse(readFileSync(`${facts.dir}/demo.json`, "utf8"));

const page = await newPage({ viewport: { width: 1040, height: 640 } });
await signIn(page, cast[0].people[0]);
await page.locator("upward-tasks .task .button").first().click();
await page.locator("upward-shortlist .card").first().waitFor();
await page.screenshot({ path: argv[3] });
await leave(page);
process.exit();
