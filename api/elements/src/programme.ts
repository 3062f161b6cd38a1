/* <upward-programme>: what a coordinator runs: set it up, invite, set the rules, match, publish, follow up. */
import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { Refusal, data, type Api, type Reply, type Schemas } from "./client.js";
import { UpwardElement } from "./element.js";
import { Pages } from "./pages.js";
import { values } from "./parts.js";
import { REPORTS } from "./report.js";
import { compared, helping, inspected, type Comparison, type Help, type Host, type List, type Lists, type Unmatched } from "./rounds.js";
import { date, word } from "./words.js";

type Page = Schemas["ProgrammeDashboard"];
type Programme = Schemas["Programme"];
type Round = Schemas["Round"];
type Row = Schemas["DashboardWorkPage"]["items"][number];
type Kind = Row["kind"];
type Purpose = Programme["purpose"];
/** A list without a page: the programmes to choose from. */
type Overview = { items: Programme[] };
interface PolicyPart { type: string | string[]; title: string; description?: string; default?: unknown; minimum?: number; maximum?: number; enum?: string[]; properties?: Record<string, PolicyPart> }

const PURPOSES: Purpose[] = ["digital_skills", "inclusion", "market_insight", "innovation", "retention", "open_learning", "cross_function"];
const STEPS = ["recruitment", "activation", "closing", "closure"] as const;
const WORKING = new Set(["queued", "running", "publishing"]);
const FOLLOW_SECONDS = 1;

export class UpwardProgramme extends UpwardElement<Page | Overview> {
  static override styles = [
    ...UpwardElement.styles,
    css`
      .grid { display: grid; gap: var(--4); align-items: start; }
      @container (min-width: 56rem) { .grid { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); } }
      .grid > div { display: grid; gap: var(--4); }
      .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: var(--4); }
      .tile { appearance: none; font: inherit; color: inherit; text-align: start; cursor: pointer; }
      .tile:hover { border-color: var(--accent); }
      .bars { display: grid; grid-template-columns: auto 1fr auto; gap: var(--2) var(--3); align-items: center; font-size: var(--s); }
      .bars progress { appearance: none; width: 100%; height: 0.75rem; border: 0; border-radius: 99px; overflow: hidden; background: var(--sunken); }
      .bars progress::-webkit-progress-bar { background: var(--sunken); }
      .bars progress::-webkit-progress-value { background: var(--accent); border-radius: 99px; }
      .bars progress::-moz-progress-bar { background: var(--accent); }
      .bars b { text-align: end; font-variant-numeric: tabular-nums; }
      .rows > li { display: grid; grid-template-columns: 1fr auto; gap: var(--2) var(--4); align-items: center; padding-block: var(--3); border-top: 1px solid var(--line); }
      .rows > li:first-child { border-top: 0; }
      @container (max-width: 30rem) { .rows > li { grid-template-columns: 1fr; } }
      .next { background: var(--accent-soft); border-color: transparent; }
      .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); gap: var(--3); }
      .figures div { display: grid; }
      .figures b { font-size: var(--xl); line-height: 1.2; font-variant-numeric: tabular-nums; }
      .weight { display: grid; grid-template-columns: 1fr 3rem; gap: 0 var(--3); align-items: center; }
      .weight .hint, .weight label { grid-column: 1 / -1; }
      input[type="range"] { padding: 0; min-height: 2rem; border: 0; accent-color: var(--accent); background: none; }
      output { font-variant-numeric: tabular-nums; text-align: end; font-weight: 600; }
      .lists { max-height: 34rem; overflow-y: auto; border: 1px solid var(--line); border-radius: calc(var(--radius) * 0.7); padding-inline: var(--4); }
      .list:first-child { border-top: 0; }
      .list { display: grid; gap: var(--2); padding-block: var(--3); border-top: 1px solid var(--line); }
      .list h4 { margin-top: var(--2); }
      .list .bars { font-size: var(--xs); grid-template-columns: minmax(6rem, 1fr) minmax(3rem, 1fr) auto; }
      .list ul { list-style: disc; padding-inline-start: 1.2em; }
      .figured { border-collapse: collapse; width: 100%; font-size: var(--s); }
      .figured th, .figured td { text-align: end; padding: var(--2) 0 var(--2) var(--3); border-bottom: 1px solid var(--line); vertical-align: top; font-variant-numeric: tabular-nums; }
      .figured th:first-child { text-align: start; padding-inline-start: 0; font-weight: 400; }
      #compared details li { padding-block: var(--2); }
      .list ol { display: grid; gap: var(--1); font-size: var(--s); }
      .reports { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr)); gap: 0 var(--3); }
      .reports .button { text-align: start; justify-content: start; padding-inline: 0; line-height: 1.3; }
      .purposes { gap: var(--2); }
      .kind { font-size: var(--s); padding-block: var(--1); }
      .kind[aria-pressed="true"] { border-color: var(--accent); color: var(--accent); }
      .check { display: flex; gap: var(--3); align-items: start; font-weight: 400; }
      details > summary { cursor: pointer; font-weight: 600; color: var(--accent); min-height: 2rem; width: fit-content; }
      details[open] > summary { margin-bottom: var(--3); }
    `,
  ];

  /** Which programme; without it, all those of the coordinator, and the way to a new one. */
  @property({ attribute: "programme-id" }) programmeId?: string;
  @state() private draft: "" | "create" | "invite" | "policy" = "";
  /** Of which kind the rows of the work list are; all without it. */
  private kind?: Kind;
  private readonly work = new Pages<Row>((query) =>
    this.api.call.GET("/api/v1/dashboards/programmes/{programme_id}/work-list", { params: { path: this.path, query: { ...query, ...(this.kind ? { kind: [this.kind] } : {}) } } }) as Promise<Reply<Schemas["DashboardWorkPage"]>>,
    () => this.requestUpdate());
  /** What is looked at of a round. */
  @state() private lists?: Lists;
  @state() private schema?: PolicyPart;
  @state() private comparison?: Comparison;
  @state() private preview?: number;
  private follower?: ReturnType<typeof setTimeout>;
  protected readonly about = ["programmeId"] as const;

  protected async load(api: Api, headers: Record<string, string>): Promise<Reply<Page | Overview>> {
    if (!this.programmeId)
      return api.call.GET("/api/v1/programmes", { params: { query: { limit: 100 } }, headers }) as Promise<Reply<Overview>>;
    const path = { programme_id: this.programmeId };
    const page = await api.call.GET("/api/v1/dashboards/programmes/{programme_id}", { params: { path }, headers });
    if (page.data) {
      await this.work.look();
      this.follow(page.data.last_round);
    }
    return page;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.follower);
  }

  /** Looks every second while a round is at work. */
  private follow(round: Round | null): void {
    clearTimeout(this.follower);
    if (round && WORKING.has(round.status)) this.follower = setTimeout(() => void this.look(), FOLLOW_SECONDS * 1000);
  }

  private get page(): Page {
    return this.data as Page;
  }

  private get path() {
    return { programme_id: this.programmeId! };
  }

  // ---- what a coordinator does ----------------------------------------------------------------------
  private async create(form: Record<string, string | null>): Promise<void> {
    const body = { title: form.title ?? "", purpose: form.purpose as Purpose, starts_on: form.starts_on!, ends_on: form.ends_on! };
    const made = await this.act<Programme>("programme_create", (headers) => this.api.call.POST("/api/v1/programmes", { body, headers }));
    if (!made) return;
    this.draft = "";
    this.open("programmes", made.links.self!);
  }

  private step(step: (typeof STEPS)[number]): Promise<unknown> {
    const operation = `/api/v1/programmes/{programme_id}/${step}` as "/api/v1/programmes/{programme_id}/recruitment";
    return this.act(step, (headers) => this.api.call.POST(operation, { params: { path: this.path }, headers }), word(this.words.programme.stepped, step));
  }

  private async invite(form: Record<string, string | null>, preview: boolean): Promise<void> {
    const level = (name: string) => (form[name] === null || form[name] === undefined ? {} : { [name]: Number(form[name]) });
    const body = { role: form.role as "mentor" | "mentee", message: form.message ?? "", preview, ...level("level_min"), ...level("level_max") };
    const sent = await this.act<Schemas["Invitation"]>("invitation_create", (headers) =>
      this.api.call.POST("/api/v1/programmes/{programme_id}/invitations", { params: { path: this.path }, body, headers }));
    if (!sent) return;
    this.preview = preview ? sent.invited : undefined;
    if (!preview) {
      this.said = this.words.programme.invited(sent.invited);
      this.draft = "";
    }
  }

  private async run(more: { what_if?: boolean; policy?: Schemas["PolicyChanges"] } = {}): Promise<Round | undefined> {
    if (!more.what_if) this.lists = this.comparison = undefined;
    const body = { programme_id: this.programmeId!, ...more };
    return this.act<Round>("round_create", (headers) => this.api.call.POST("/api/v1/rounds", { body, headers }));
  }

  private async decide(round: Round, what: "publication" | "discard"): Promise<void> {
    const operation = `/api/v1/rounds/{round_id}/${what}` as "/api/v1/rounds/{round_id}/publication";
    await this.act(what, (headers) => this.api.call.POST(operation, { params: { path: { round_id: round.id } }, headers }),
      word(this.words.programme.stepped, what));
    this.lists = undefined;
  }

  private async inspect(round: Round): Promise<void> {
    const path = { round_id: round.id };
    const changed = () => this.requestUpdate();
    const lists = {
      shown: new Pages<List>((query) => this.api.call.GET("/api/v1/rounds/{round_id}/shortlists", { params: { path, query } }) as Promise<Reply<Schemas["RoundShortlistsPage"]>>, changed),
      unmatched: new Pages<Unmatched>((query) => this.api.call.GET("/api/v1/rounds/{round_id}/unmatched", { params: { path, query } }) as Promise<Reply<Schemas["RoundUnmatchedPage"]>>, changed),
    };
    await Promise.all([lists.shown.look(), lists.unmatched.look(), this.readSchema()]);
    this.lists = lists;
    await this.focusOn("#inspected");
  }

  /** Reminds those of a row, or whoever else the same waits for too. */
  private async remind(row: Row, everybody = false): Promise<void> {
    const { programme_id, about } = row.remind as Schemas["MessageCreate"];
    const body = everybody ? { programme_id, about } : row.remind as Schemas["MessageCreate"];
    const sent = await this.act<Schemas["Message"]>("message_create", (headers) => this.api.call.POST("/api/v1/messages", { body, headers }));
    if (sent) this.said = this.words.programme.reminded(sent.reminded);
  }

  private async openPolicy(): Promise<void> {
    this.draft = "policy";
    await this.readSchema();
    await this.focusOn(".draft");
  }

  /** The form of the policy, which also names the criteria and rules. */
  private async readSchema(): Promise<void> {
    const schema = await this.api.call.GET("/api/v1/programmes/{programme_id}/policies/schema", { params: { path: this.path } });
    if (schema.response.ok) this.schema = data(schema as Reply<unknown>) as PolicyPart;
  }

  /** Carries out what the API offers for a leader without a list. */
  private async help(action: Help): Promise<void> {
    const { what_if, policy } = action.body as { what_if?: boolean; policy?: Schemas["PolicyChanges"] };
    if (what_if) return this.tryOut(policy ?? {});
    const post = (headers: { "Idempotency-Key": string }) => this.api.call.POST(action.href as "/api/v1/rounds", { body: action.body as never, headers });
    await this.act(action.operation, post, action.operation === "policy_create" ? this.words.programme.policy_saved : "");
  }

  /** The members of the form that differ from the present version. */
  private changes(form: HTMLFormElement): Schemas["PolicyChanges"] {
    const changes: Record<string, Record<string, unknown>> = {};
    for (const part of ["rules", "weights"])
      for (const [name, schema] of Object.entries(this.schema?.properties?.[part]?.properties ?? {})) {
        const input = form.elements.namedItem(`${part}.${name}`) as HTMLInputElement | HTMLSelectElement | null;
        if (!input) continue;
        const value = input instanceof HTMLInputElement && input.type === "checkbox" ? input.checked
          : schema.enum ? input.value : input.value === "" ? null : Number(input.value);
        if (value !== (schema.default ?? null)) (changes[part] ??= {})[name] = value;
      }
    return changes as Schemas["PolicyChanges"];
  }

  private async savePolicy(form: HTMLFormElement): Promise<void> {
    const body = { based_on: this.page.programme.policy_version, ...this.changes(form) };
    const saved = await this.act("policy_create", (headers) =>
      this.api.call.POST("/api/v1/programmes/{programme_id}/policies", { params: { path: this.path }, body: body as Schemas["PolicyCreate"], headers }),
      this.words.programme.policy_saved);
    if (saved) this.draft = "";
  }

  /** What other rules would have done, beside the last round: nothing is changed. */
  private async tryOut(policy: Schemas["PolicyChanges"]): Promise<void> {
    const before = this.page.last_round;
    let round = await this.run({ what_if: true, policy });
    while (round && WORKING.has(round.status)) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      const now = await this.api.follow<Round>(round.links.self!).catch(() => undefined);
      if (now?.response.ok) round = now.data!;
      else if (now || !this.isConnected) return;
    }
    if (round && before) await this.compare(round.id, before.id);
  }

  /** Compares a round with another; without one, with the one that was published last. */
  private async compare(round_id: string, other?: string): Promise<void> {
    const reply = await this.api.call.GET("/api/v1/rounds/{round_id}/comparison", { params: { path: { round_id }, query: other ? { with: other } : {} } });
    if (!reply.response.ok) {
      this.refused = new Refusal(reply.response.status, reply.error);
      return;
    }
    this.comparison = reply.data as Comparison;
    await this.focusOn("#compared");
  }

  private get host(): Host {
    const { words, busy } = this;
    const parts = { ...this.schema?.properties?.rules?.properties, ...this.schema?.properties?.weights?.properties };
    return { words, busy, say: (text) => this.say(text), help: (action) => void this.help(action),
      title: (name) => (parts[name] ? this.say(parts[name].title) : name.replaceAll("_", " ")) };
  }

  // ---- the page --------------------------------------------------------------------------------------
  protected view(shown: Page | Overview): TemplateResult {
    return "items" in shown ? this.overview(shown.items) : this.programme(shown);
  }

  private overview(programmes: Programme[]): TemplateResult {
    const words = this.words.programme;
    const mine = programmes.filter((one) => one.can.includes("patch") || one.can.length > 1);
    return html`<div class="row between"><h2>${words.all}</h2>
        ${this.draft === "create" ? nothing : html`<button class="button primary" @click=${() => { this.draft = "create"; void this.focusOn("[name=title]"); }}>${words.create}</button>`}</div>
      ${this.draft === "create" ? this.createForm() : nothing}
      ${programmes.length === 0 && this.draft !== "create" ? html`<div class="blank"><h2>${words.first}</h2><p>${words.first_text}</p></div>` : nothing}
      <ul class="tiles">${[...mine, ...programmes.filter((one) => !mine.includes(one))].map((one) => html`<li>
        <button class="panel tile" @click=${() => this.open("programmes", one.links.self!)}>
          <span class="row between"><strong>${one.title}</strong><span class="chip ${one.status === "active" ? "good" : ""}">${word(words.states, one.status)}</span></span>
          <span class="fine">${word(words.purposes, one.purpose)}<br />${date(this.words, one.starts_on)} – ${date(this.words, one.ends_on)}</span></button></li>`)}</ul>`;
  }

  private createForm(): TemplateResult {
    const words = this.words.programme;
    const today = new Date();
    const iso = (days: number) => new Date(today.getTime() + days * 86400000).toISOString().slice(0, 10);
    return html`<div class="panel"><h3>${words.create}</h3>
      <form @submit=${(event: SubmitEvent) => { event.preventDefault(); void this.create(values(event.target as HTMLFormElement)); }}>
        <label class="field">${words.title}<input name="title" required maxlength="200" placeholder=${words.title_hint} /></label>
        <fieldset class="fields purposes"><legend>${words.purpose}</legend>
          ${PURPOSES.map((purpose, at) => html`<label class="pick"><input type="radio" name="purpose" value=${purpose} ?checked=${at === 0} />
            <span><strong>${word(words.purposes, purpose)}</strong><br /><span class="hint">${word(words.purposes_text, purpose)}</span></span></label>`)}</fieldset>
        <div class="fields"><label class="field">${words.starts}<input type="date" name="starts_on" required .defaultValue=${iso(7)} /></label>
          <label class="field">${words.ends}<input type="date" name="ends_on" required .defaultValue=${iso(187)} /></label></div>
        <div class="row"><button class="button primary" ?disabled=${this.busy}>${words.create_it}</button>
          <button type="button" class="button quiet" @click=${() => (this.draft = "")}>${this.words.pair.never_mind}</button></div>
      </form></div>`;
  }

  private programme(page: Page): TemplateResult {
    const words = this.words.programme;
    const { programme } = page;
    const steps = STEPS.filter((step) => programme.can.includes(step) && step !== "recruitment");
    return html`<header class="stack"><div class="row between"><h2>${programme.title}</h2>
          <span class="chip ${programme.status === "active" ? "good" : "strong"}">${word(words.states, programme.status)}</span></div>
        <p class="lead">${word(words.purposes, programme.purpose)} · ${date(this.words, programme.starts_on)} – ${date(this.words, programme.ends_on)}</p></header>
      ${this.nextStep(page)}
      ${this.draft === "invite" ? this.inviteForm() : nothing}
      <div class="grid"><div>
          ${this.round(page)}
          ${this.comparison ? compared(this.host, this.comparison, () => (this.comparison = undefined)) : nothing}
          ${this.workList()}
        </div><div>
          ${this.funnel(page)}
          ${this.standing(page)}
          ${this.policy(programme)}
          <div class="panel"><h3>${words.reports}</h3><ul class="reports">${REPORTS.map((name) => html`<li>
            <button class="button quiet" @click=${() => this.open("reports", `/api/v1/reports/programmes/${programme.id}/${name}`)}>${word(this.words.report.titles, name)}</button></li>`)}</ul>
            <div><button class="button" @click=${() => this.open("reports", `/api/v1/reports/programmes/${programme.id}`)}>${words.all_reports}</button></div></div>
          ${steps.length ? html`<div class="panel"><h3>${words.later_steps}</h3>${steps.map((step) => html`<p class="fine">${word(words.steps_text, step)}</p>
            <div><button class="button" ?disabled=${this.busy} @click=${() => void this.step(step)}>${word(words.steps, step)}</button></div>`)}</div>` : nothing}
        </div></div>`;
  }

  /** The one thing to do now, said in a sentence. */
  private nextStep({ programme, funnel, last_round }: Page): TemplateResult {
    const words = this.words.programme;
    const can = new Set(programme.can);
    const count = (role: string, what: "invited" | "enrolled") => funnel.find((one) => one.role === role)?.[what] ?? 0;
    const [leaders, mentors] = [count("mentee", "enrolled"), count("mentor", "enrolled")];
    const invite = html`<button class="button ${leaders && mentors ? "" : "primary"}" @click=${() => { this.draft = "invite"; void this.focusOn("[name=message]"); }}>${words.invite}</button>`;
    let text: string, action: TemplateResult | typeof nothing = nothing;
    if (can.has("recruitment")) {
      text = words.next_open;
      action = html`<button class="button primary" ?disabled=${this.busy} @click=${() => void this.step("recruitment")}>${words.steps.recruitment}</button>`;
    } else if (last_round && WORKING.has(last_round.status)) text = words.next_running;
    else if (last_round?.status === "ready") text = words.next_ready;
    else if (can.has("round_create") && leaders && mentors && !last_round) {
      text = words.next_run(leaders, mentors);
      action = html`<button class="button primary" ?disabled=${this.busy} @click=${() => void this.run()}>${words.run}</button>${invite}`;
    } else if (can.has("invitation_create") && !(leaders && mentors)) {
      text = count("mentee", "invited") + count("mentor", "invited") ? words.next_wait : words.next_invite;
      action = invite;
    } else {
      const kinds = this.waitingFor.map(([kind, count]) => `${word(words.rows, kind)}: ${count.toLocaleString(this.words.locale)}`);
      text = kinds.length ? words.next_work(kinds.join(", ")) : words.next_nothing;
      if (can.has("round_create")) action = html`<button class="button" ?disabled=${this.busy} @click=${() => void this.run()}>${words.run_again}</button>${can.has("invitation_create") ? invite : nothing}`;
    }
    return html`<div class="panel next"><p><strong>${words.next}</strong> ${text}</p>${action === nothing ? nothing : html`<div class="row">${action}</div>`}</div>`;
  }

  private inviteForm(): TemplateResult {
    const words = this.words.programme;
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      const preview = (event.submitter as HTMLButtonElement | null)?.value === "preview";
      void this.invite(values(event.target as HTMLFormElement), preview);
    };
    return html`<div class="panel"><h3>${words.invite}</h3><form class="draft" @submit=${submit} @input=${() => (this.preview = undefined)}>
      <fieldset class="fields"><legend>${words.as}</legend>
        ${(["mentee", "mentor"] as const).map((role, at) => html`<label class="pick"><input type="radio" name="role" value=${role} ?checked=${at === 0} />${word(words.roles, role)}</label>`)}</fieldset>
      <div class="fields"><label class="field">${words.level_min}<input name="level_min" type="number" min="0" max="100" /></label>
        <label class="field">${words.level_max}<input name="level_max" type="number" min="0" max="100" /></label></div>
      <p class="hint">${words.levels}</p>
      <label class="field">${words.message}<textarea name="message" required maxlength="4000" placeholder=${words.message_hint}></textarea></label>
      <div class="row"><button class="button" value="preview" ?disabled=${this.busy}>${words.preview}</button>
        <button class="button primary" ?disabled=${this.busy}>${this.preview === undefined ? words.send : words.send_to(this.preview)}</button>
        <button type="button" class="button quiet" @click=${() => (this.draft = "")}>${this.words.pair.never_mind}</button></div>
      ${this.preview === undefined ? nothing : html`<p class="note good" role="status">${words.would(this.preview)}</p>`}
    </form></div>`;
  }

  private funnel({ funnel }: Page): TemplateResult {
    const words = this.words.programme;
    return html`<div class="panel"><h3>${words.people}</h3>${[...funnel].sort((a, b) => a.role.localeCompare(b.role)).map((role) => {
      const most = Math.max(role.invited, role.enrolled, 1);
      const bar = (name: "invited" | "enrolled" | "declined" | "paired") => html`<span>${word(words.funnel, name)}</span>
        <progress max=${most} value=${role[name]} aria-label="${word(words.roles, role.role)}: ${word(words.funnel, name)}"></progress><b>${role[name].toLocaleString(this.words.locale)}</b>`;
      return html`<div class="stack"><h4>${word(words.roles, role.role)}</h4><div class="bars">${bar("invited")}${bar("enrolled")}${role.declined ? bar("declined") : nothing}${bar("paired")}</div></div>`;
    })}</div>`;
  }

  private standing({ pairs, sessions }: Page): TemplateResult {
    const words = this.words.programme;
    const figure = (count: number, label: string) => html`<div><b>${count.toLocaleString(this.words.locale)}</b><span class="fine">${label}</span></div>`;
    return html`<div class="panel"><h3>${words.standing}</h3><div class="figures">
      ${figure(pairs.active, words.figures.active)}${pairs.proposed ? figure(pairs.proposed, words.figures.proposed) : nothing}
      ${figure(sessions.held, words.figures.held)}${figure(sessions.ahead, words.figures.ahead)}
      ${sessions.missed ? figure(sessions.missed, words.figures.missed) : nothing}${sessions.unreported ? figure(sessions.unreported, words.figures.unreported) : nothing}</div></div>`;
  }

  private round({ last_round: round, programme }: Page): TemplateResult | typeof nothing {
    if (!round) return nothing;
    const words = this.words.programme;
    const { totals } = round;
    const working = WORKING.has(round.status);
    return html`<div class="panel"><div class="row between"><h3>${words.round}</h3>
        <span class="chip ${round.status === "ready" ? "warn" : round.status === "published" ? "good" : ""}">${word(words.round_states, round.status)}</span></div>
      ${working ? html`<div class="bars"><span>${words.progress}</span><progress max=${round.progress.total ?? 1} value=${round.progress.done} aria-label=${words.progress}></progress><b>${round.progress.done}</b></div>` : nothing}
      ${totals ? html`<p>${words.lists_of(totals.complete ?? 0, totals.mentees ?? 0)} ${totals.coverable ? words.covered(totals.covered ?? 0, totals.coverable) : ""} ${totals.unmatched ? words.unmatched(totals.unmatched) : ""}</p>
        <p class="fine">${words.cap(totals.exposure_cap)}${totals.exposure_cap > programme.rules.exposure_cap ? ` ${words.cap_raised(programme.rules.exposure_cap)}` : ""}</p>` : nothing}
      ${round.failure ? html`<p class="note bad">${this.say(round.failure)}</p>` : nothing}
      <div class="row">
        ${round.can.includes("publication") ? html`<button class="button primary" ?disabled=${this.busy} @click=${() => void this.decide(round, "publication")}>${words.publish}</button>` : nothing}
        ${working ? nothing : html`<button class="button" @click=${() => (this.lists ? (this.lists = undefined) : void this.inspect(round))} aria-expanded=${Boolean(this.lists)}>${this.lists ? words.hide : words.inspect}</button>`}
        ${round.status === "ready" && ["matching", "active"].includes(programme.status) ? html`<button class="button" ?disabled=${this.busy} @click=${() => void this.compare(round.id)}>${words.compare}</button>` : nothing}
        ${round.can.includes("discard") ? html`<button class="button quiet" ?disabled=${this.busy} @click=${() => void this.decide(round, "discard")}>${words.discard}</button>` : nothing}</div>
      ${this.lists ? inspected(this.host, this.lists, () => void this.focusOn("#inspected")) : nothing}</div>`;
  }

  /** How much of each kind waits for somebody, most first. */
  private get waitingFor(): [Kind, number][] {
    return (Object.entries(this.page.waiting) as [Kind, number][]).filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
  }

  private workList(): TemplateResult {
    const words = this.words.programme;
    const first = this.work.rows.find((row) => row.remind && row.can.includes("message_create"));
    const toggle = (kind: Kind | undefined, text: string) => html`<button class="button kind" aria-pressed=${this.kind === kind ? "true" : "false"}
      @click=${() => { this.kind = kind; void this.work.restart(); }}>${text}</button>`;
    return html`<div class="panel"><h3 id="work" tabindex="-1">${words.work}</h3>
      ${this.waitingFor.length > 1 || this.kind ? html`<div class="row" role="group" aria-label=${words.kinds}>${toggle(undefined, words.all_kinds)}
        ${this.waitingFor.map(([kind, count]) => toggle(kind, `${word(words.rows, kind)} ${count.toLocaleString(this.words.locale)}`))}</div>` : nothing}
      ${this.kind && this.kind !== "flag" && first && this.work.rows.length > 1 ? html`<div><button class="button" ?disabled=${this.busy} @click=${() => void this.remind(first, true)}>${words.remind_all}</button></div>` : nothing}
      ${this.work.rows.length ? html`<ul class="rows">${this.work.rows.map((row) => this.row(row))}</ul>` : html`<p class="lead">${words.no_work}</p>`}
      ${this.work.turn(this.words, words.work, () => void this.focusOn("#work"))}</div>`;
  }

  private row(row: Row): TemplateResult {
    const words = this.words.programme;
    const who = [row.mentee, row.mentor].filter((one) => one !== null).map((one) => one.display_name).join(" · ");
    const kind = word(words.rows, row.kind);
    return html`<li><div><strong>${who || kind}</strong>
        <p class="fine">${who ? `${kind} · ` : ""}${words.since(date(this.words, row.since))}</p>
        ${row.relax ? html`<p class="fine">${this.say(row.relax)}</p>` : nothing}</div>
      <div class="row">
        ${row.remind && row.can.includes("message_create") ? html`<button class="button" aria-label="${words.remind}: ${who}" ?disabled=${this.busy} @click=${() => void this.remind(row)}>${words.remind}</button>` : nothing}
        ${helping(this.host, row.actions, who)}
        ${row.can.includes("round_create") && !row.actions.length ? html`<button class="button" ?disabled=${this.busy} @click=${() => void this.run()}>${words.run_again}</button>` : nothing}</div></li>`;
  }

  private policy(programme: Programme): TemplateResult | typeof nothing {
    const words = this.words.programme;
    if (!programme.can.includes("policy_create")) return nothing;
    return html`<div class="panel"><h3>${words.policy}</h3>
      ${this.draft === "policy" ? (this.schema ? this.policyForm(this.schema) : this.skeleton())
        : html`<p class="lead">${words.policy_text(programme.policy_version)}</p><div><button class="button" @click=${() => void this.openPolicy()}>${words.policy_open}</button></div>`}</div>`;
  }

  /** The form that the API describes, with its own explanations. */
  private policyForm(schema: PolicyPart): TemplateResult {
    const words = this.words.programme;
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      const form = event.target as HTMLFormElement;
      void ((event.submitter as HTMLButtonElement | null)?.value === "try" ? this.tryOut(this.changes(form)) : this.savePolicy(form));
    };
    const parts = (name: string) => Object.entries(schema.properties?.[name]?.properties ?? {});
    return html`<form class="draft" tabindex="-1" aria-label=${words.policy} @submit=${submit}>
      <h4>${words.weights}</h4>
      ${parts("weights").map(([name, part]) => html`<div class="weight"><label for="w-${name}">${this.say(part.title)}</label>
        <input id="w-${name}" name="weights.${name}" type="range" min=${part.minimum ?? 0} max=${part.maximum ?? 100} .defaultValue=${String(part.default)} aria-describedby="h-${name}"
          @input=${(event: Event) => { const input = event.target as HTMLInputElement; (input.nextElementSibling as HTMLOutputElement).value = input.value; }} /><output for="w-${name}">${String(part.default)}</output>
        <span class="hint" id="h-${name}">${this.say(part.description ?? "")}</span></div>`)}
      <details><summary>${words.rules}</summary><div class="stack">${parts("rules").map(([name, part]) => this.rule(name, part))}</div></details>
      <div class="row"><button class="button primary" ?disabled=${this.busy}>${words.policy_save}</button>
        ${this.page.last_round?.status === "published" || this.page.last_round?.status === "ready" ? html`<button class="button" value="try" ?disabled=${this.busy}>${words.policy_try}</button>` : nothing}
        <button type="button" class="button quiet" @click=${() => (this.draft = "")}>${this.words.pair.never_mind}</button></div></form>`;
  }

  private rule(name: string, part: PolicyPart): TemplateResult | typeof nothing {
    const hint = html`<span class="hint">${this.say(part.description ?? "")}</span>`;
    const title = this.say(part.title);
    if (part.type === "boolean")
      return html`<label class="check"><input type="checkbox" name="rules.${name}" ?checked=${part.default === true} /><span>${title}<br />${hint}</span></label>`;
    if (part.enum)
      return html`<label class="field">${title}<select name="rules.${name}">${part.enum.map((one) => html`<option ?selected=${one === part.default}>${one}</option>`)}</select>${hint}</label>`;
    if (part.type === "array") return nothing;
    return html`<label class="field">${title}<input name="rules.${name}" type="number" min=${part.minimum ?? 0} max=${part.maximum ?? 1000} .defaultValue=${String(part.default ?? "")} />${hint}</label>`;
  }
}
