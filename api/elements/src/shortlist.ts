/* <upward-shortlist>: three mentors, what each is there for, pick one or ask for others. */
import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { Refusal, type Api, type Reply, type Schemas } from "./client.js";
import { UpwardElement } from "./element.js";
import { avatar, chips, position } from "./parts.js";
import { day, languageName, list, word } from "./words.js";

type Shortlist = Schemas["Shortlist"];
type Entry = Shortlist["mentors"][number];
type Pair = Schemas["Pair"];
const REASONS = ["wrong_skills", "no_overlap", "know_them", "too_close", "other"] as const;

export class UpwardShortlist extends UpwardElement<Shortlist | null> {
  static override styles = [
    ...UpwardElement.styles,
    css`
      .cards { display: grid; gap: var(--4); grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); }
      .card { display: grid; grid-template-rows: auto 1fr auto; gap: var(--4); transition: border-color 120ms, box-shadow 120ms; }
      .card.chosen { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
      .who { display: flex; gap: var(--3); align-items: center; }
      .who h3 { overflow-wrap: anywhere; }
      dl { display: grid; gap: var(--3); align-content: start; }
      dt { font-size: var(--xs); font-weight: 600; color: var(--muted); margin-bottom: var(--1); }
      .ask { display: grid; gap: var(--3); }
      .wants li { display: flex; gap: var(--2); align-items: baseline; }
      .wants svg { flex: none; width: 1em; height: 1em; translate: 0 0.15em; color: var(--good); }
      .wants .left svg { color: var(--muted); }
      details { border-top: 1px solid var(--line); padding-top: var(--3); }
      summary { cursor: pointer; font-weight: 600; color: var(--accent); min-height: 2rem; width: fit-content; }
      details[open] summary { margin-bottom: var(--3); }
    `,
  ];

  /** Which shortlist; without it, the open one of the signed-in person. */
  @property({ attribute: "shortlist-id" }) shortlistId?: string;
  @state() private chosen?: Entry;
  @state() private pair?: Pair;
  protected readonly about = ["shortlistId"] as const;

  protected async load(api: Api, headers: Record<string, string>): Promise<Reply<Shortlist | null>> {
    if (this.shortlistId)
      return api.call.GET("/api/v1/shortlists/{shortlist_id}", { params: { path: { shortlist_id: this.shortlistId } }, headers });
    const open = await api.call.GET("/api/v1/shortlists", { params: { query: { status: ["open"], limit: 1 } }, headers });
    return { ...open, data: (open.data as Schemas["ShortlistPage"] | undefined)?.items[0] ?? null };
  }

  protected override empty(shortlist: Shortlist | null): string | undefined {
    if (this.pair) return undefined; // what has been picked is no longer open
    if (shortlist === null) return this.words.shortlist.none;
    return shortlist.mentors.length === 0 && shortlist.status === "open" ? this.words.shortlist.no_mentors : undefined;
  }

  private get listId(): string {
    return this.data!.id;
  }

  private async pick(): Promise<void> {
    const mentor = this.chosen!.mentor;
    const path = { shortlist_id: this.listId };
    const pair = await this.act("pick", (headers) =>
      this.api.call.POST("/api/v1/shortlists/{shortlist_id}/pick", { params: { path }, body: { mentor_id: mentor.id }, headers }));
    if (pair) {
      this.pair = pair;
      await this.focusOn("#asked");
    } else if (this.refused) this.replace(this.refused);
  }

  /** The mentor is gone: the refusal brings the list that there is now. */
  private replace(refused: Refusal): void {
    this.chosen = undefined;
    const next = refused.body.replacement_shortlist as Shortlist | undefined;
    if (next) this.shortlistId = next.id;
  }

  private async refresh(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const reason = String(new FormData(event.target as HTMLFormElement).get("reason")) as (typeof REASONS)[number];
    const path = { shortlist_id: this.listId };
    const next = await this.act("refresh", (headers) =>
      this.api.call.POST("/api/v1/shortlists/{shortlist_id}/refresh", { params: { path }, body: { reason }, headers }),
      this.words.shortlist.fresh);
    if (next) this.shortlistId = next.id;
  }

  private async takeBack(): Promise<void> {
    const path = { pair_id: this.pair!.id };
    const taken = await this.act("withdrawal", (headers) =>
      this.api.call.POST("/api/v1/pairs/{pair_id}/withdrawal", { params: { path }, headers, body: {} } as never));
    if (taken) this.pair = this.chosen = undefined;
  }

  protected view(shortlist: Shortlist | null): TemplateResult {
    if (this.pair) return this.asked(this.pair);
    if (!shortlist) return html``;
    const words = this.words.shortlist;
    if (shortlist.status !== "open")
      return html`<div class="blank"><h2>${word(words.states, shortlist.status)}</h2><p>${word(words.states_text, shortlist.status)}</p></div>`;
    return html`
      <header class="stack">
        <h2>${words.title}</h2>
        <p class="lead">${words.lead} <strong>${words.until(day(this.words, shortlist.pick_by))}</strong></p>
      </header>
      <ul class="cards">${shortlist.mentors.map((entry) => this.card(entry))}</ul>
      <div class="panel">
        <h3>${words.wants}</h3>
        <ul class="wants stack">${shortlist.wants.map((want) => html`<li class=${want.covered ? "" : "left"}>
          <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true"><path d=${want.covered ? "m2.5 8.5 3.5 3.5 7.5-8" : "M3 8h10"} stroke-linecap="round" stroke-linejoin="round" /></svg>
          <span>${want.skill}<span class="muted"> · ${want.covered ? words.covered : words.left}</span></span></li>`)}</ul>
        ${shortlist.can.includes("refresh") ? this.others() : nothing}
      </div>`;
  }

  private card(entry: Entry): TemplateResult {
    const words = this.words.shortlist;
    const { mentor, shared } = entry;
    const chosen = this.chosen?.mentor.id === mentor.id;
    const rest = shared.skills.filter((skill) => !entry.there_for.includes(skill));
    return html`<li class="panel card ${chosen ? "chosen" : ""}">
      <div class="who">${avatar(mentor, "large")}<div><h3>${mentor.display_name}</h3><p class="fine">${position(mentor)}</p></div></div>
      <dl>
        ${entry.there_for.length ? html`<div><dt>${words.there_for}</dt><dd>${chips(entry.there_for, "strong")}</dd></div>` : nothing}
        ${rest.length ? html`<div><dt>${entry.there_for.length ? words.also : words.teaches}</dt><dd>${chips(rest)}</dd></div>` : nothing}
        ${shared.interests.length ? html`<div><dt>${words.interests}</dt><dd>${list(this.words, shared.interests)}</dd></div>` : nothing}
        ${shared.languages.length ? html`<div><dt>${words.languages}</dt><dd>${list(this.words, shared.languages.map((tag) => languageName(this.words, tag)))}</dd></div>` : nothing}
      </dl>
      ${!this.data!.can.includes("pick") ? nothing : chosen
        ? html`<div class="ask"><p id="sure" tabindex="-1">${words.sure(mentor.display_name)}</p>
            <button class="button primary wide" ?disabled=${this.busy} @click=${() => void this.pick()}>${words.confirm(mentor.display_name)}</button>
            <button class="button quiet wide" ?disabled=${this.busy} @click=${() => (this.chosen = undefined)}>${words.back}</button></div>`
        : html`<button class="button wide" ?disabled=${this.busy} @click=${() => { this.chosen = entry; void this.focusOn("#sure"); }}>${words.choose(mentor.display_name)}</button>`}
    </li>`;
  }

  private others(): TemplateResult {
    const words = this.words.shortlist;
    return html`<details><summary>${words.others}</summary>
      <form @submit=${(event: SubmitEvent) => void this.refresh(event)}>
        <fieldset class="stack"><legend>${words.why}</legend>
          ${REASONS.map((reason, at) => html`<label class="pick"><input type="radio" name="reason" value=${reason} ?checked=${at === 0} />${word(words.reasons, reason)}</label>`)}
        </fieldset>
        <p class="fine">${words.once}</p>
        <div><button class="button" ?disabled=${this.busy}>${words.ask_others}</button></div>
      </form></details>`;
  }

  private asked(pair: Pair): TemplateResult {
    const words = this.words.shortlist;
    return html`<div class="panel">
      <div class="who">${avatar(pair.mentor, "large")}<div>
        <h2 id="asked" tabindex="-1">${words.asked(pair.mentor.display_name)}</h2>
        <p class="muted">${pair.answer_by ? words.answer_by(day(this.words, pair.answer_by)) : nothing}</p></div></div>
      <p class="lead">${words.then}</p>
      <div class="row">
        <button class="button primary" @click=${() => this.open("pairs", pair.links.self!)}>${words.see_pair}</button>
        ${pair.can.includes("withdrawal") ? html`<button class="button quiet" ?disabled=${this.busy} @click=${() => void this.takeBack()}>${words.take_back}</button>` : nothing}
      </div></div>`;
  }
}
