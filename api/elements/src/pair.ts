/* <upward-pair>: two people at work: answer the pick, agree, meet, pursue goals, give feedback. */
import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { Refusal, data, type Api, type Reply, type Schemas } from "./client.js";
import { UpwardElement } from "./element.js";
import { held, parting, type HOLDS, type Host, type OUTCOMES, type Parting, type TOPICS } from "./parting.js";
import { avatar, position, values } from "./parts.js";
import { date, day, hour, place, word } from "./words.js";

type Dashboard = Schemas["PairDashboard"];
type Pair = Schemas["Pair"];
type Agreement = Schemas["Agreement"];
type Session = Schemas["Session"];
type Goal = Schemas["Goal"];
type Plan = Schemas["Plan"];
type Slots = Extract<Schemas["SlotAnswer"], { pair_id: string }>;
type Slot = Slots["slots"][number];
/** What of the page is open for writing. */
type Draft = "" | "book" | "series" | "agreement" | "goal" | "feedback" | "decline" | Parting | `move:${string}` | `cancel:${string}` | `progress:${string}` | `close:${string}`;

const CADENCES = ["weekly_3_months", "six_weeks", "monthly", "every_second_month"] as const;
const MODES = ["video", "in_person", "phone", "chat"] as const;
const REFUSALS = ["no_time", "know_them", "not_a_fit", "conflict", "other"] as const;
const CANCELS = ["busy", "ill", "travel", "other"] as const;
const VISIBILITIES = ["partner", "programme", "private"] as const;
const RATINGS = [1, 2, 3, 4, 5] as const;
const SLOTS_SHOWN = 12;
const PARTINGS: readonly string[] = ["hold", "review", "completion", "exit", "help"] satisfies Parting[];

export class UpwardPair extends UpwardElement<Dashboard> {
  static override styles = [
    ...UpwardElement.styles,
    css`
      .who { display: flex; gap: var(--2) var(--4); align-items: center; flex-wrap: wrap; }
      .who > :nth-child(2) { flex: 1 1 12rem; }
      .grid { display: grid; gap: var(--4); align-items: start; }
      @container (min-width: 56rem) { .grid { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); } .grid > div { display: grid; gap: var(--4); } }
      .grid > div { display: grid; gap: var(--4); }
      .when { font-size: var(--l); font-weight: 650; }
      .zones { display: grid; grid-template-columns: auto 1fr; gap: var(--1) var(--4); font-size: var(--s); }
      .dates { display: grid; grid-template-columns: repeat(auto-fit, minmax(1rem, 1fr)); gap: var(--1); }
      .dates li { height: 0.625rem; border-radius: 99px; background: var(--sunken); border: 1px solid var(--field); }
      .dates .held { background: var(--good); border-color: var(--good); }
      .dates .booked { background: var(--accent); border-color: var(--accent); }
      .dates .missed { background: repeating-linear-gradient(45deg, var(--bad) 0 3px, transparent 3px 6px); border-color: var(--bad); }
      .key { display: flex; flex-wrap: wrap; gap: var(--2) var(--4); font-size: var(--xs); color: var(--muted); }
      .slots { display: grid; gap: var(--4); grid-template-columns: repeat(auto-fill, minmax(min(8.5rem, 100%), 1fr)); }
      .slot { display: grid; justify-content: start; justify-items: start; gap: 0; text-align: start; width: 100%; padding-block: var(--2); line-height: 1.35; }
      .slot span { font-weight: 400; }
      .slot[aria-pressed="true"] { border-color: var(--accent); background: var(--accent-soft); }
      .items > li { display: grid; gap: var(--3); padding-block: var(--4); border-top: 1px solid var(--line); }
      .items > li:first-child { border-top: 0; padding-top: 0; }
      .items > li:last-child { padding-bottom: 0; }
      progress { appearance: none; width: 100%; height: 0.625rem; border: 1px solid var(--field); border-radius: 99px; overflow: hidden; background: var(--sunken); }
      progress::-webkit-progress-bar { background: var(--sunken); }
      progress::-webkit-progress-value { background: var(--good); }
      progress::-moz-progress-bar { background: var(--good); }
      .facts { display: grid; grid-template-columns: auto 1fr; gap: var(--2) var(--4); font-size: var(--s); }
      .facts dt { color: var(--muted); }
      details > summary { cursor: pointer; font-weight: 600; color: var(--muted); min-height: 1.5rem; width: fit-content; }
      .stars { display: flex; gap: var(--2); }
      .stars label { flex: 1; justify-content: center; }
    `,
  ];

  /** Which pair. */
  @property({ attribute: "pair-id" }) pairId = "";
  @state() private draft: Draft = "";
  @state() private slots?: Slots;
  @state() private time?: Slot;
  protected readonly about = ["pairId"] as const;

  protected load(api: Api, headers: Record<string, string>): Promise<Reply<Dashboard>> {
    return api.call.GET("/api/v1/dashboards/pairs/{pair_id}", { params: { path: { pair_id: this.pairId } }, headers });
  }

  private get pair(): Pair {
    return this.data!.section.pair;
  }

  private get partner(): Schemas["Card"] {
    return this.pair.my_side === "mentor" ? this.pair.mentee : this.pair.mentor;
  }

  // ---- what a person does --------------------------------------------------------------------------
  /** Opens a form, or closes it; times are looked up when somebody wants to choose one. */
  private async start(draft: Draft): Promise<void> {
    this.draft = draft;
    this.slots = this.time = undefined;
    if (draft === "book" || draft.startsWith("move:")) await this.findSlots(draft);
    await this.focusOn(".draft");
  }

  private async findSlots(draft: Draft): Promise<void> {
    const moving = draft.startsWith("move:") ? { moving: draft.slice(5) } : {};
    const first = this.data!.section.agreement ? {} : { minutes: 30 };
    const query = { pair_id: this.pairId, days: 21, count: SLOTS_SHOWN, ...moving, ...first };
    try {
      this.slots = data(await this.api.call.GET("/api/v1/slots", { params: { query } })) as Slots;
    } catch (fault) {
      if (fault instanceof Refusal) this.refused = fault;
    }
  }

  /** Ends a form if its write succeeded. */
  private async finish(done: Promise<unknown>): Promise<void> {
    if (await done) await this.start("");
  }

  private accept = () => this.finish(this.act("acceptance", (headers) =>
    this.api.call.POST("/api/v1/pairs/{pair_id}/acceptance", { params: { path: { pair_id: this.pairId } }, body: {}, headers }),
    this.words.pair.accepted));

  private decline(form: Record<string, string | null>): Promise<void> {
    const reason = form.reason as (typeof REFUSALS)[number];
    return this.finish(this.act("decline", (headers) =>
      this.api.call.POST("/api/v1/pairs/{pair_id}/decline", { params: { path: { pair_id: this.pairId } }, body: { reason }, headers }),
      this.words.pair.declined));
  }

  private book(form: Record<string, string | null>): Promise<void> {
    const { slots, time } = this;
    if (!slots || !time) return Promise.resolve();
    const body = {
      pair_id: this.pairId, starts_at: time.local.slice(0, 16), time_zone: slots.time_zone,
      duration_minutes: slots.minutes, mode: form.mode as Session["mode"], place: form.place, agenda: form.agenda,
    };
    return this.finish(this.act("session_create", (headers) => this.api.call.POST("/api/v1/sessions", { body, headers }), this.words.pair.booked));
  }

  /** An object that is to be changed as it was shown: 412 if it is no longer so. */
  private asShown(shown: { version: number }): { "If-Match": string } {
    return { "If-Match": `"${shown.version}"` };
  }

  private move(session: Session): Promise<void> {
    const { slots, time } = this;
    if (!slots || !time) return Promise.resolve();
    const body = { starts_at: time.local.slice(0, 16), time_zone: slots.time_zone };
    return this.finish(this.act("session_patch", () =>
      this.api.call.PATCH("/api/v1/sessions/{session_id}", {
        params: { path: { session_id: session.id }, header: this.asShown(session) }, body,
      }), this.words.pair.moved));
  }

  private cancel(session: Session, form: Record<string, string | null>): Promise<void> {
    const reason = form.reason as (typeof CANCELS)[number];
    return this.finish(this.act("session_cancellation", (headers) =>
      this.api.call.POST("/api/v1/sessions/{session_id}/cancellation", { params: { path: { session_id: session.id } }, body: { reason }, headers }),
      this.words.pair.cancelled));
  }

  private report(session: Session, outcome: "held" | "missed"): Promise<void> {
    return this.finish(this.act("session_report", (headers) =>
      this.api.call.POST("/api/v1/sessions/{session_id}/report", { params: { path: { session_id: session.id } }, body: { outcome }, headers }),
      this.words.pair.reported));
  }

  private confirm(session: Session): Promise<void> {
    return this.finish(this.act("session_confirmation", (headers) =>
      this.api.call.POST("/api/v1/sessions/{session_id}/confirmation", { params: { path: { session_id: session.id } }, headers })));
  }

  private propose(form: Record<string, string | null>): Promise<void> {
    const body = {
      pair_id: this.pairId, cadence: form.cadence as Agreement["cadence"], duration_minutes: Number(form.minutes),
      channels: [form.mode as Session["mode"]], time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      starts_on: form.starts_on!, expectations: form.expectations, confidentiality: form.confidentiality,
    };
    return this.finish(this.act("agreement_create", (headers) => this.api.call.POST("/api/v1/agreements", { body, headers }), this.words.pair.proposed));
  }

  private sign(agreement: Agreement): Promise<void> {
    return this.finish(this.act("agreement_signature", (headers) =>
      this.api.call.POST("/api/v1/agreements/{agreement_id}/signature", {
        params: { path: { agreement_id: agreement.id }, header: this.asShown(agreement) }, headers,
      }), this.words.pair.signed));
  }

  private series(form: Record<string, string | null>): Promise<void> {
    const body = { pair_id: this.pairId, local_time: form.local_time!, weekday: Number(form.weekday) };
    return this.finish(this.act("session_series", (headers) => this.api.call.POST("/api/v1/sessions/series", { body, headers }), this.words.pair.series_booked));
  }

  private restore(): Promise<void> {
    const body = { pair_id: this.pairId };
    return this.finish(this.act("session_restoration", (headers) => this.api.call.POST("/api/v1/sessions/restoration", { body, headers }), this.words.pair.restored));
  }

  private proposeGoal(form: Record<string, string | null>): Promise<void> {
    const measure = { unit: form.unit ?? "", baseline: Number(form.baseline), target: Number(form.target) };
    const body = { pair_id: this.pairId, specific: form.specific ?? "", measure, due_on: form.due_on! };
    return this.finish(this.act("goal_create", (headers) => this.api.call.POST("/api/v1/goals", { body, headers }), this.words.pair.goal_proposed));
  }

  private agree(goal: Goal): Promise<void> {
    return this.finish(this.act("goal_agreement", (headers) =>
      this.api.call.POST("/api/v1/goals/{goal_id}/agreement", { params: { path: { goal_id: goal.id } }, headers }), this.words.pair.goal_agreed));
  }

  private log(goal: Goal, form: Record<string, string | null>): Promise<void> {
    const body = { value: form.value === null ? null : Number(form.value), note: form.note };
    return this.finish(this.act("progress_create", (headers) =>
      this.api.call.POST("/api/v1/goals/{goal_id}/progress", { params: { path: { goal_id: goal.id } }, body, headers }), this.words.pair.logged));
  }

  private close(goal: Goal, form: Record<string, string | null>): Promise<void> {
    const body = { achieved: Number(form.achieved) };
    return this.finish(this.act("goal_completion", (headers) =>
      this.api.call.POST("/api/v1/goals/{goal_id}/completion", { params: { path: { goal_id: goal.id } }, body, headers })));
  }

  private feedback(form: Record<string, string | null>): Promise<void> {
    const body = { pair_id: this.pairId, visibility: form.visibility as (typeof VISIBILITIES)[number], rating: Number(form.rating), comment: form.comment };
    return this.finish(this.act("feedback_create", (headers) => this.api.call.POST("/api/v1/feedback", { body, headers }), this.words.pair.feedback_given));
  }

  // ---- pausing and parting -------------------------------------------------------------------------
  private get host(): Host {
    const { words, busy, draft } = this;
    return {
      words, busy, open: PARTINGS.includes(draft) ? (draft as Parting) : undefined,
      start: (part) => void this.start(part), resume: () => void this.resume(),
      send: (part, form) => this.carryOut(part, form), form: (write, fields, label) => this.form(write, fields, label),
      choices: (name, codes, group, legend) => this.choices(name, codes, group, legend),
    };
  }

  private resume(): Promise<void> {
    return this.finish(this.act("resumption", (headers) =>
      this.api.call.POST("/api/v1/pairs/{pair_id}/resumption", { params: { path: { pair_id: this.pairId } }, headers }), this.words.parting.resumed));
  }

  /** Carries out what the panel at the end of the page offers. */
  private carryOut(part: Parting, form: Record<string, string | null>): Promise<void> {
    const params = { path: { pair_id: this.pairId } };
    const { call } = this.api;
    const said = this.words.parting.done[part];
    switch (part) {
      case "help": {
        const body = { pair_id: this.pairId, topic: form.topic as (typeof TOPICS)[number], message: form.message ?? "" };
        return this.finish(this.act("help_request_create", (headers) => call.POST("/api/v1/help-requests", { body, headers }), said));
      }
      case "hold": {
        const body = { ...(form.until ? { until: form.until } : {}), reason: form.reason as (typeof HOLDS)[number] };
        return this.finish(this.act("suspension", (headers) => call.POST("/api/v1/pairs/{pair_id}/suspension", { params, body, headers }), said));
      }
      case "review":
        return this.review({ outcome: form.outcome as (typeof OUTCOMES)[number], agreed: form.agreed ?? null });
      case "completion":
        return this.finish(this.act("completion", (headers) => call.POST("/api/v1/pairs/{pair_id}/completion", { params, headers }), said));
      case "exit":
        return this.finish(this.act("safe_exit", (headers) => call.POST("/api/v1/pairs/{pair_id}/safe-exit", { params, headers }), said));
    }
  }

  /** What came of the conversation; where the two want to part, that ends the pair. */
  private async review(body: { outcome: (typeof OUTCOMES)[number]; agreed: string | null }): Promise<void> {
    const params = { path: { pair_id: this.pairId } };
    const { call } = this.api;
    const made = await this.act("review_create", (headers) => call.POST("/api/v1/pairs/{pair_id}/reviews", { params, body, headers }), this.words.parting.done.review);
    if (made && body.outcome !== "go_on")
      await this.act("dissolution", (headers) => call.POST("/api/v1/pairs/{pair_id}/dissolution", { params, headers }), this.words.parting.parted);
    await this.finish(Promise.resolve(made));
  }

  // ---- the page -------------------------------------------------------------------------------------
  protected view({ section, upcoming, past }: Dashboard): TemplateResult {
    const { pair, agreement, plan, goals } = section;
    const words = this.words.pair;
    const rest = upcoming.slice(1);
    const unreported = past.filter((session) => session.status !== "missed" && session.can.includes("report"));
    return html`
      ${this.header(pair)}
      ${pair.can.includes("acceptance") ? this.answer(pair) : nothing}
      ${held(this.host, pair)}
      ${pair.status !== "proposed"
        ? html`<div class="grid"><div>
              ${unreported.length ? html`<div class="panel"><h3>${words.took_place}</h3><ul class="items">${unreported.map((one) => this.unreported(one))}</ul></div>` : nothing}
              ${this.next(upcoming[0], agreement)}
              ${this.goals(goals)}
            </div><div>
              ${this.agreement(agreement, plan)}
              ${rest.length ? html`<div class="panel"><h3>${words.later}</h3><ul class="items">${rest.map((one) => this.meeting(one))}</ul></div>` : nothing}
              ${pair.can.includes("feedback_create") ? this.feedbackForm() : nothing}
              ${parting(this.host, pair)}
            </div></div>`
        : nothing}`;
  }

  private header(pair: Pair): TemplateResult {
    const words = this.words.pair;
    const tone = pair.status === "active" ? "good" : pair.status === "proposed" || pair.status === "suspended" ? "warn" : "";
    return html`<div class="who">${avatar(this.partner, "large")}<div>
        <h2>${this.partner.display_name}</h2>
        <p class="muted">${position(this.partner)}</p></div>
      <div class="row"><span class="chip">${word(words.sides, pair.my_side === "mentor" ? "mentee" : "mentor")}</span>
        <span class="chip ${tone}">${word(words.states, pair.status)}</span></div></div>`;
  }

  private form(write: (form: Record<string, string | null>) => Promise<void>, fields: TemplateResult, label: string, ready = true): TemplateResult {
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      void write(values(event.target as HTMLFormElement));
    };
    return html`<form class="draft" tabindex="-1" aria-label=${label} @submit=${submit}>${fields}
      <div class="row"><button class="button primary" ?disabled=${this.busy || !ready}>${label}</button>
        <button type="button" class="button quiet" @click=${() => void this.start("")}>${this.words.pair.never_mind}</button></div></form>`;
  }

  private choices(name: string, codes: readonly (string | number)[], group: Record<string, string>, legend: string, css = ""): TemplateResult {
    return html`<fieldset class="stack ${css}"><legend>${legend}</legend>
      ${codes.map((code, at) => html`<label class="pick"><input type="radio" name=${name} value=${code} ?checked=${at === 0} required />${word(group, String(code))}</label>`)}</fieldset>`;
  }

  private select(name: string, codes: readonly string[], group: Record<string, string>, label: string): TemplateResult {
    return html`<label class="field">${label}<select name=${name}>${codes.map((code) => html`<option value=${code}>${word(group, code)}</option>`)}</select></label>`;
  }

  private answer(pair: Pair): TemplateResult {
    const words = this.words.pair;
    return html`<div class="panel">
      <h3>${words.asked(pair.mentee.display_name)}</h3>
      <p class="lead">${words.asked_text} ${pair.answer_by ? html`<strong>${this.words.shortlist.answer_by(day(this.words, pair.answer_by))}</strong>` : nothing}</p>
      ${this.draft === "decline"
        ? this.form((form) => this.decline(form), html`${this.choices("reason", REFUSALS, words.refusals, words.why_not)}<p class="fine">${words.private}</p>`, words.decline)
        : html`<div class="row"><button class="button primary" ?disabled=${this.busy} @click=${() => void this.accept()}>${words.accept}</button>
            <button class="button" ?disabled=${this.busy} @click=${() => void this.start("decline")}>${words.decline}</button></div>`}
    </div>`;
  }

  /** The next meeting, or the way to one. */
  private next(session: Session | undefined, agreement: Agreement | null): TemplateResult {
    const words = this.words.pair;
    const can = this.pair.can.includes("session_create");
    return html`<div class="panel"><h3>${session ? words.next : agreement?.status === "signed" ? words.no_next : words.first}</h3>
      ${session ? this.meeting(session, true) : html`<p class="lead">${agreement?.status === "signed" ? words.no_next_text : words.first_text}</p>`}
      ${this.draft === "book"
        ? this.form((form) => this.book(form), html`${this.times()}
            <div class="fields">${this.select("mode", MODES, this.words.modes, words.how)}
            <label class="field">${words.agenda}<input name="agenda" maxlength="500" /></label></div>`, words.book, Boolean(this.time))
        : can ? html`<div><button class="button ${session ? "" : "primary"}" @click=${() => void this.start("book")}>${session ? words.another : words.find}</button></div>` : nothing}
    </div>`;
  }

  /** Free times of both, each in both time zones. */
  private times(): TemplateResult {
    const words = this.words.pair;
    if (!this.slots) return this.refused ? html`` : this.skeleton();
    if (!this.slots.slots.length) return html`<p>${words.no_slots}</p>`;
    const days = new Map<string, Slot[]>();
    for (const slot of [...this.slots.slots].sort((a, b) => a.local.localeCompare(b.local)))
      days.set(slot.local.slice(0, 10), [...(days.get(slot.local.slice(0, 10)) ?? []), slot]);
    const two = this.slots.time_zone !== this.slots.partner_time_zone;
    const other = place(this.slots.partner_time_zone);
    const first = this.partner.display_name.split(" ")[0]!;
    return html`<p class="fine">${words.length(this.slots.minutes)}. ${two ? words.two_zones(place(this.slots.time_zone), first, other) : ""}</p>
      <div class="slots" role="group" aria-label=${words.find}>${[...days].map(([on, slots]) => html`<div class="stack"><h4>${day(this.words, on)}</h4>
        ${slots.map((slot) => html`<button type="button" class="button slot" aria-pressed=${this.time === slot} @click=${() => (this.time = slot)}>
          ${slot.local.slice(11, 16)}${two ? html`<span class="fine">${slot.partner_local.slice(11, 16)} ${other}</span>` : nothing}</button>`)}</div>`)}</div>`;
  }

  private meeting(session: Session, main = false): TemplateResult {
    const words = this.words.pair;
    const can = new Set(session.can);
    const home = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const body = html`<div class="stack">
      <p class=${main ? "when" : ""}>${day(this.words, session.starts_at)}, ${hour(this.words, session.starts_at)}–${hour(this.words, session.ends_at)}</p>
      <div class="row fine"><span>${word(this.words.modes, session.mode)}${session.place ? `, ${session.place}` : ""}</span>
        ${session.time_zone !== home ? html`<span>${hour(this.words, session.starts_at, session.time_zone)} ${place(session.time_zone)}</span>` : nothing}
        ${session.status === "proposed" ? html`<span class="chip warn">${words.not_confirmed}</span>` : nothing}</div>
      ${session.agenda ? html`<p>${session.agenda}</p>` : nothing}
      ${this.draft === `move:${session.id}` ? this.form(() => this.move(session), this.times(), words.move, Boolean(this.time))
        : this.draft === `cancel:${session.id}` ? this.form((form) => this.cancel(session, form), this.choices("reason", CANCELS, words.cancels, words.why_cancel), words.cancel)
        : html`<div class="row">
            ${session.link ? html`<a class="button primary" href=${session.link} rel="noreferrer">${words.join}</a>` : nothing}
            ${can.has("confirmation") ? html`<button class="button primary" @click=${() => void this.confirm(session)}>${words.confirm}</button>` : nothing}
            ${can.has("patch") ? html`<button class="button" @click=${() => void this.start(`move:${session.id}`)}>${words.move}</button>` : nothing}
            ${can.has("cancellation") ? html`<button class="button quiet" @click=${() => void this.start(`cancel:${session.id}`)}>${words.cancel}</button>` : nothing}</div>`}
    </div>`;
    return main ? body : html`<li>${body}</li>`;
  }

  private unreported(session: Session): TemplateResult {
    const words = this.words.pair;
    return html`<li><p>${day(this.words, session.starts_at)}, ${hour(this.words, session.starts_at)}</p>
      <div class="row"><button class="button primary" ?disabled=${this.busy} @click=${() => void this.report(session, "held")}>${words.held}</button>
      <button class="button" ?disabled=${this.busy} @click=${() => void this.report(session, "missed")}>${words.missed}</button></div></li>`;
  }

  private agreement(agreement: Agreement | null, plan: Plan | null): TemplateResult | typeof nothing {
    const words = this.words.pair;
    const { can } = this.pair;
    if (this.draft === "agreement") return html`<div class="panel"><h3>${words.agreement}</h3>${this.agreementForm()}</div>`;
    if (!agreement)
      return can.includes("agreement_create")
        ? html`<div class="panel"><h3>${words.agreement}</h3><p class="lead">${words.agreement_text}</p>
            <div><button class="button" @click=${() => void this.start("agreement")}>${words.propose}</button></div></div>`
        : nothing;
    const signs = agreement.can.includes("signature");
    return html`<div class="panel"><div class="row between"><h3>${agreement.status === "signed" ? words.plan : words.agreement}</h3>
        <span class="chip ${agreement.status === "signed" ? "good" : "warn"}">${word(words.agreement_states, agreement.status)}</span></div>
      ${plan ? this.plan(plan) : nothing}
      <dl class="facts">
        <dt>${words.rhythm}</dt><dd>${word(words.cadences, agreement.cadence)}, ${words.length(agreement.duration_minutes)}</dd>
        <dt>${words.how}</dt><dd>${agreement.channels.map((mode) => word(this.words.modes, mode)).join(", ")}</dd>
        <dt>${words.from}</dt><dd>${date(this.words, agreement.starts_on)}</dd>
        ${agreement.expectations ? html`<dt>${words.expectations}</dt><dd>${agreement.expectations}</dd>` : nothing}
        ${agreement.confidentiality ? html`<dt>${words.confidentiality}</dt><dd>${agreement.confidentiality}</dd>` : nothing}
      </dl>
      ${signs ? html`<div><button class="button primary" ?disabled=${this.busy} @click=${() => void this.sign(agreement)}>${words.sign}</button></div>`
        : agreement.status === "proposed" ? html`<p class="fine">${words.waits_for(this.partner.display_name)}</p>` : nothing}
      ${agreement.can.includes("session_restoration")
        ? html`<div><button class="button primary" ?disabled=${this.busy} @click=${() => void this.restore()}>${words.restore}</button></div>` : nothing}
      ${this.draft === "series" ? this.seriesForm()
        : agreement.can.includes("session_series") && plan && plan.dates.some((one) => one.status === "open")
          ? html`<div><button class="button primary" @click=${() => void this.start("series")}>${words.book_series}</button></div>` : nothing}
    </div>`;
  }

  private plan(plan: Plan): TemplateResult {
    const words = this.words.pair;
    const seen = [...new Set(plan.dates.map((one) => one.status))];
    return html`<figure class="stack">
      <ul class="dates" aria-label=${words.plan_of(plan.held, plan.expected)}>${plan.dates.map((one) => html`<li class=${one.status} title="${date(this.words, one.starts_at ?? one.due_on)}: ${word(words.dates, one.status)}"></li>`)}</ul>
      <figcaption class="key"><strong>${words.plan_of(plan.held, plan.expected)}</strong>
        ${seen.filter((status) => status !== "held").map((status) => html`<span>${plan.dates.filter((one) => one.status === status).length} ${word(words.dates, status)}</span>`)}</figcaption></figure>`;
  }

  private agreementForm(): TemplateResult {
    const words = this.words.pair;
    const soon = new Date(Date.now() + 7 * 86400000).toISOString().slice(0, 10);
    return this.form((form) => this.propose(form), html`<div class="fields">
        ${this.select("cadence", CADENCES, words.cadences, words.rhythm)}
        ${this.select("minutes", ["45", "30", "60", "90"], words.minutes, words.how_long)}
        ${this.select("mode", MODES, this.words.modes, words.how)}
        <label class="field">${words.from}<input type="date" name="starts_on" required .defaultValue=${soon} min=${new Date().toISOString().slice(0, 10)} /></label></div>
      <label class="field">${words.expectations}<textarea name="expectations" maxlength="4000" placeholder=${words.expectations_hint}></textarea></label>
      <label class="field">${words.confidentiality}<textarea name="confidentiality" maxlength="4000" placeholder=${words.confidentiality_hint}></textarea></label>`, words.propose);
  }

  private seriesForm(): TemplateResult {
    const words = this.words.pair;
    const monday = Date.UTC(2027, 0, 4);
    const names = Object.fromEntries([1, 2, 3, 4, 5].map((number) => [String(number),
      new Date(monday + (number - 1) * 86400000).toLocaleDateString(this.words.locale, { weekday: "long", timeZone: "UTC" })]));
    return this.form((form) => this.series(form), html`<p class="fine">${words.series_text}</p><div class="fields">
      ${this.select("weekday", Object.keys(names), names, words.weekday)}
      <label class="field">${words.at}<input type="time" name="local_time" step="900" required .defaultValue=${"10:00"} /></label></div>`, words.book_series);
  }

  private goals(goals: Goal[]): TemplateResult | typeof nothing {
    const words = this.words.pair;
    const can = this.pair.can.includes("goal_create");
    if (!goals.length && !can) return nothing;
    return html`<div class="panel"><h3>${words.goals}</h3>
      ${goals.length ? html`<ul class="items">${goals.map((goal) => this.goal(goal))}</ul>` : html`<p class="lead">${words.goals_text}</p>`}
      ${this.draft === "goal" ? this.goalForm() : can ? html`<div><button class="button" @click=${() => void this.start("goal")}>${words.new_goal}</button></div>` : nothing}</div>`;
  }

  private goal(goal: Goal): TemplateResult {
    const words = this.words.pair;
    const { unit, baseline, target } = goal.measure;
    const now = goal.achieved ?? goal.progress.latest ?? baseline;
    const share = Math.min(1, Math.max(0, (now - baseline) / (target - baseline || 1)));
    const can = new Set(goal.can);
    const tone = goal.status === "completed" ? (goal.met ? "good" : "") : goal.status === "proposed" ? "warn" : "";
    const state = goal.status === "completed" ? (goal.met ? words.met : words.not_met) : word(words.goal_states, goal.status);
    return html`<li><div class="row between"><strong>${goal.specific}</strong><span class="chip ${tone}">${state}</span></div>
      <progress max="1" value=${share} aria-label=${goal.specific}></progress>
      <p class="fine">${words.so_far(now, target, unit)} · ${words.due(date(this.words, goal.due_on))}</p>
      ${this.draft === `progress:${goal.id}` ? this.form((form) => this.log(goal, form), html`<div class="fields">
          <label class="field">${words.now(unit)}<input name="value" type="number" step="any" /></label>
          <label class="field">${words.note}<input name="note" maxlength="4000" /></label></div>`, words.log)
        : this.draft === `close:${goal.id}` ? this.form((form) => this.close(goal, form), html`
          <label class="field">${words.now(unit)}<input name="achieved" type="number" step="any" required .defaultValue=${String(now)} /></label>`, words.close)
        : html`<div class="row">
          ${can.has("agreement") ? html`<button class="button primary" ?disabled=${this.busy} @click=${() => void this.agree(goal)}>${words.agree}</button>` : nothing}
          ${can.has("progress_create") ? html`<button class="button" @click=${() => void this.start(`progress:${goal.id}`)}>${words.log}</button>` : nothing}
          ${can.has("completion") ? html`<button class="button quiet" @click=${() => void this.start(`close:${goal.id}`)}>${words.close}</button>` : nothing}</div>`}
    </li>`;
  }

  private goalForm(): TemplateResult {
    const words = this.words.pair;
    return this.form((form) => this.proposeGoal(form), html`
      <label class="field">${words.specific}<textarea name="specific" required maxlength="2000" placeholder=${words.specific_hint}></textarea></label>
      <div class="fields"><label class="field">${words.unit}<input name="unit" required maxlength="80" placeholder=${words.unit_hint} /></label>
        <label class="field">${words.baseline}<input name="baseline" type="number" step="any" required .defaultValue=${"0"} /></label>
        <label class="field">${words.target}<input name="target" type="number" step="any" required /></label>
        <label class="field">${words.due_on}<input name="due_on" type="date" required /></label></div>`, words.new_goal);
  }

  private feedbackForm(): TemplateResult {
    const words = this.words.pair;
    return html`<div class="panel"><h3>${words.feedback}</h3>
      ${this.draft === "feedback"
        ? this.form((form) => this.feedback(form), html`
            <fieldset><legend>${words.rating}</legend><div class="stars">${RATINGS.map((rating) => html`<label class="pick"><input type="radio" name="rating" value=${rating} required />${rating}</label>`)}</div><p class="fine">${words.rating_hint}</p></fieldset>
            <label class="field">${words.comment}<textarea name="comment" maxlength="4000"></textarea></label>
            ${this.choices("visibility", VISIBILITIES, words.visibilities, words.who_sees)}`, words.send)
        : html`<p class="lead">${words.feedback_text}</p><div><button class="button" @click=${() => void this.start("feedback")}>${words.give}</button></div>`}
    </div>`;
  }
}
