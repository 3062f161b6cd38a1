/* How two go on, pause or part: on hold, reviewed, completed, left at once; and how one of them asks for help. */
import { html, nothing, type TemplateResult } from "lit";
import type { Schemas } from "./client.js";
import { date, word, type Words } from "./words.js";

type Pair = Schemas["Pair"];
export type Parting = "hold" | "review" | "completion" | "exit" | "help";
type Form = Record<string, string | null>;

export const OUTCOMES = ["go_on", "change_partner", "end"] as const;
export const TOPICS = ["time", "fit", "content", "conduct", "wellbeing", "other"] as const;
export const HOLDS = ["workload", "leave", "other"] as const;

/** What the panel needs of the pair's element. */
export interface Host {
  readonly words: Words;
  readonly busy: boolean;
  readonly open: Parting | undefined;
  start(part: Parting): void;
  resume(): void;
  send(part: Parting, form: Form): Promise<void>;
  form(write: (form: Form) => Promise<void>, fields: TemplateResult, label: string): TemplateResult;
  choices(name: string, codes: readonly string[], group: Record<string, string>, legend: string): TemplateResult;
}

/** On hold: until when, and the way back. */
export function held(host: Host, pair: Pair): TemplateResult | typeof nothing {
  const words = host.words.parting;
  if (pair.status !== "suspended") return nothing;
  return html`<div class="panel"><h3>${words.on_hold}</h3>
    <p class="lead">${pair.suspended_until ? words.until(date(host.words, pair.suspended_until)) : words.on_hold_text}</p>
    ${pair.can.includes("resumption") ? html`<div><button class="button primary" ?disabled=${host.busy} @click=${() => host.resume()}>${words.resume}</button></div>` : nothing}</div>`;
}

/** What is rarely needed, kept out of the way: help first, leaving last. */
export function parting(host: Host, pair: Pair): TemplateResult | typeof nothing {
  const words = host.words.parting;
  if (!["active", "suspended"].includes(pair.status) || !pair.my_side) return nothing;
  const offered: Parting[] = ["help"];
  if (pair.can.includes("suspension")) offered.push("hold");
  if (pair.can.includes("review_create")) offered.push("review");
  if (pair.can.includes("completion")) offered.push("completion");
  if (pair.can.includes("safe_exit")) offered.push("exit");
  return html`<details class="panel" ?open=${host.open !== undefined}><summary>${words.title}</summary>
    <ul class="items">${offered.map((part) => html`<li>
      <div><strong>${words.parts[part]}</strong><p class="fine">${words.texts[part]}</p></div>
      ${host.open === part ? host.form((form) => host.send(part, form), fields(host, part), words.doing[part])
        : html`<div><button class="button" @click=${() => host.start(part)}>${words.parts[part]}</button></div>`}</li>`)}</ul></details>`;
}

function fields(host: Host, part: Parting): TemplateResult {
  const words = host.words.parting;
  switch (part) {
    case "help":
      return html`<label class="field">${words.topic}<select name="topic">${TOPICS.map((topic) => html`<option value=${topic}>${word(words.topics, topic)}</option>`)}</select></label>
        <label class="field">${words.message}<textarea name="message" required maxlength="4000"></textarea></label>`;
    case "hold":
      return html`<div class="fields"><label class="field">${words.hold_until}<input type="date" name="until" min=${new Date(Date.now() + 86400000).toISOString().slice(0, 10)} /></label></div>
        ${host.choices("reason", HOLDS, words.holds, words.hold_why)}`;
    case "review":
      return html`${host.choices("outcome", OUTCOMES, words.outcomes, words.outcome)}
        <label class="field">${words.agreed}<textarea name="agreed" maxlength="4000"></textarea></label>`;
    default:
      return html`<p><strong>${words.sure[part]}</strong></p>`;
  }
}
