/* The elements as one module: importing it defines them; configure() tells them how to get a token. */
import { Api, data } from "./client.js";
import { settings } from "./settings.js";
import { UpwardImport } from "./import.js";
import { UpwardPair } from "./pair.js";
import { UpwardProgramme } from "./programme.js";
import { REPORTS, UpwardReport } from "./report.js";
import { UpwardShortlist } from "./shortlist.js";
import { UpwardTasks } from "./tasks.js";

export { configure, type Settings } from "./settings.js";
export { Refusal, type Schemas, type Token } from "./client.js";

/** The reports that a programme has. */
export { REPORTS };

/** Reads what a link of the API leads to, with the token function of configure(). */
export async function read<T>(link: string): Promise<T> {
  return data(await new Api(settings.base, settings.token ?? (() => Promise.resolve(""))).follow<T>(link));
}

const ELEMENTS = {
  "upward-tasks": UpwardTasks, "upward-shortlist": UpwardShortlist, "upward-pair": UpwardPair,
  "upward-programme": UpwardProgramme, "upward-import": UpwardImport, "upward-report": UpwardReport,
};
for (const [name, element] of Object.entries(ELEMENTS))
  if (!customElements.get(name)) customElements.define(name, element);
