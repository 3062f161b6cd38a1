/* A round as coordinators look at it: whom it shows to whom and why, who is left, what would help, and what another would change. */
import { html, nothing, type TemplateResult } from "lit";
import type { Schemas } from "./client.js";
import type { Pages } from "./pages.js";
import { avatar, chips } from "./parts.js";
import { list as enumeration, type Words } from "./words.js";

export type List = Schemas["RoundShortlistsPage"]["items"][number];
export type Unmatched = Schemas["RoundUnmatchedPage"]["items"][number];
export type Comparison = Schemas["RoundComparison"];
export type Help = Schemas["HelpingAction"];
type Entry = List["entries"][number];

/** What is looked at of a round. */
export interface Lists { shown: Pages<List>; unmatched: Pages<Unmatched> }

/** What these pieces of page need of their element. */
export interface Host {
  readonly words: Words;
  readonly busy: boolean;
  /** The title of a criterion or rule, as the policy's form has it. */
  title(name: string): string | TemplateResult;
  say(text: string): string | TemplateResult;
  help(action: Help): void;
}

/** Points are stored in hundredths. */
const points = (words: Words, hundredths: number): string => Math.round(hundredths / 100).toLocaleString(words.locale);

/** The requests that would help: try the change without changing anything, make it, or run a round. */
export function helping(host: Host, actions: readonly Help[] | undefined, name: string): TemplateResult | typeof nothing {
  const words = host.words.programme;
  if (!actions?.length) return nothing;
  const label = ({ operation, body }: Help) => operation === "policy_create" ? words.relax_it : body.what_if ? words.relax_try : words.run_again;
  return html`<div class="row">${actions.map((action) => html`<button class="button" ?disabled=${host.busy} aria-label="${label(action)}: ${name}" @click=${() => host.help(action)}>${label(action)}</button>`)}</div>`;
}

export function inspected(host: Host, { shown, unmatched }: Lists, up: () => void): TemplateResult {
  const words = host.words.programme;
  return html`<h4 id="inspected" tabindex="-1">${words.inspected}</h4>
    <div class="lists" tabindex="0" role="region" aria-labelledby="inspected">
    ${unmatched.rows.map((one) => left(host, one))}
    ${unmatched.turn(host.words, words.unmatched_pages, up)}
    ${shown.rows.map((list) => whole(host, list))}</div>
    ${shown.turn(host.words, words.inspected, up)}`;
}

/** A leader with too few to choose from: why, and what would help. */
function left(host: Host, one: Unmatched): TemplateResult {
  const words = host.words.programme;
  const more = one.relaxation?.yields;
  return html`<div class="list"><div class="row">${avatar(one.mentee, "small")}<strong>${one.mentee.display_name}</strong><span class="chip warn">${words.found(one.found)}</span></div>
    <p class="fine">${host.say(one.text)}${one.relax ? html`<br />${host.say(one.relax)}` : nothing}</p>
    ${more ? html`<p class="fine">${words.relax_yields(more)}</p>` : nothing}
    ${one.refused.length ? html`<details><summary>${words.refused}</summary><ul class="fine">${one.refused.map((rule) => html`<li>${words.refused_by(rule.mentors)}: ${host.say(rule.text)}</li>`)}</ul></details>` : nothing}
    ${helping(host, one.actions, one.mentee.display_name)}</div>`;
}

/** A leader's list, with what each is there for. */
function whole(host: Host, { mentee, entries, wants, parts_most }: List): TemplateResult {
  const words = host.words.programme;
  const open = wants.filter((want) => want.state !== "covered");
  return html`<div class="list"><div class="row">${avatar(mentee, "small")}<strong>${mentee.display_name}</strong></div>
    <ol>${entries.map((entry) => html`<li>${entry.mentor.display_name} <span class="muted">· ${entry.mentor.department} · ${words.points(points(host.words, entry.score))}</span></li>`)}</ol>
    ${chips(wants.filter((want) => want.state === "covered").map((want) => want.skill), "good")}
    <details><summary>${words.why_these}<span class="unseen">: ${mentee.display_name}</span></summary>
      ${entries.map((entry) => html`<div class="stack"><h4>${entry.mentor.display_name}</h4>${factors(host, entry, parts_most)}</div>`)}
      ${open.length ? html`<h4>${words.not_covered}</h4><ul class="fine">${open.map((want) => html`<li><strong>${want.skill}</strong>: ${host.say(want.text)}${want.relax ? html` ${host.say(want.relax)}` : nothing}</li>`)}</ul>` : nothing}</details></div>`;
}

/** What makes up the points of one entry, each of the most that there could be. */
function factors(host: Host, { mentor, parts }: Entry, most: List["parts_most"]): TemplateResult {
  const rows = Object.entries(most).sort(([, one], [, other]) => other - one);
  return html`<div class="bars">${rows.map(([name, all]) => html`<span>${host.title(name)}</span>
    <progress max=${all} value=${parts[name] ?? 0} aria-label="${mentor.display_name}: ${host.title(name)}"></progress>
    <b>${host.words.programme.of(points(host.words, parts[name] ?? 0), points(host.words, all))}</b>`)}</div>`;
}

/** What one round gives against another: to how many, how much of what is wanted, how evenly. */
export function compared(host: Host, { before, after, mentees, gainers, losers }: Comparison, close: () => void): TemplateResult {
  const { words } = host;
  const own = words.programme;
  const rows: [string, number, number, string?][] = [
    [own.measures.complete, before.complete, after.complete],
    [own.measures.covered(Math.max(before.coverable, after.coverable)), before.covered, after.covered],
    [own.measures.shown, before.exposure.shown, after.exposure.shown],
    [own.measures.most, before.exposure.most, after.exposure.most],
    [own.measures.uneven, Math.round(100 * before.exposure.gini), Math.round(100 * after.exposure.gini), own.measures.uneven_text],
  ];
  const people = (title: string, some: typeof gainers) => some.length === 0 ? nothing : html`<details><summary>${title}</summary><ul>${some.map((one) => html`<li>
    <strong>${one.mentee.display_name}</strong>: ${own.compared_wishes(one.before?.covered ?? 0, one.after?.covered ?? 0)}<br />
    <span class="fine">${one.after?.mentors.length ? own.compared_list(enumeration(words, one.after.mentors.map((mentor) => mentor.display_name))) : own.compared_none}</span></li>`)}</ul></details>`;
  return html`<div class="panel" id="compared" tabindex="-1" role="region" aria-labelledby="compared-title"><h3 id="compared-title">${own.compared}</h3>
    <p>${own.compared_people(mentees.gain, mentees.lose, mentees.same)} <span class="muted">${own.compared_nothing}</span></p>
    <table class="figured"><thead><tr><th scope="col"><span class="unseen">${own.measure}</span></th><th scope="col">${own.before}</th><th scope="col">${own.after}</th></tr></thead>
      <tbody>${rows.map(([name, was, is, hint]) => html`<tr><th scope="row">${name}${hint ? html`<br /><span class="hint">${hint}</span>` : nothing}</th>
        <td>${was.toLocaleString(words.locale)}</td><td>${is.toLocaleString(words.locale)}</td></tr>`)}</tbody></table>
    ${people(own.gainers(gainers.length), gainers)}${people(own.losers(losers.length), losers)}
    <div><button class="button" @click=${close}>${own.compared_close}</button></div></div>`;
}
