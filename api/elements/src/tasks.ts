/* <upward-tasks>: what waits for the signed-in person, their next meetings, and what is new. */
import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { ANSWERED_HERE, readSheet, sheetView, type Host, type Sheet } from "./answering.js";
import { Refusal, data, type Api, type Reply, type Schemas } from "./client.js";
import { UpwardElement } from "./element.js";
import { avatar } from "./parts.js";
import { catalogueOf } from "./texts.js";
import { date, day, hour, word } from "./words.js";

type Dashboard = Schemas["MyDashboard"];
type Task = Schemas["Task"];
type Session = Schemas["Session"];
type Notice = Schemas["Notification"];

const SOON_DAYS = 2;
const NEWS = 5;

/** What a task is about: its link is another one once an attempt has begun. */
const identity = (task: Task): string => `${task.kind} ${task.link.split("/")[4]}`;

export class UpwardTasks extends UpwardElement<Dashboard> {
  static override styles = [
    ...UpwardElement.styles,
    css`
      .lists { display: grid; gap: var(--5); }
      @container (min-width: 50rem) { .lists.both { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); align-items: start; } }
      .task { display: grid; grid-template-columns: 1fr auto; gap: var(--2) var(--4); align-items: center; padding: var(--4) 0; border-top: 1px solid var(--line); }
      .task:first-child { border-top: 0; padding-top: 0; }
      .task:last-child { padding-bottom: 0; }
      .task .about { margin-top: var(--1); display: flex; flex-wrap: wrap; gap: var(--1) var(--3); align-items: center; font-size: var(--s); color: var(--muted); }
      @container (max-width: 30rem) { .task { grid-template-columns: 1fr; } .task .button { width: 100%; } }
      .meeting { display: grid; grid-template-columns: 3.25rem 1fr; gap: var(--3); align-items: center; }
      .leaf { display: grid; justify-items: center; padding: var(--1); border: 1px solid var(--line); border-radius: calc(var(--radius) * 0.7); background: var(--sunken); line-height: 1.15; }
      .leaf b { font-size: var(--l); }
      .leaf span { font-size: 0.75rem; color: var(--muted); }
      .sheet { grid-column: 1 / -1; padding-top: var(--3); }
      .question:disabled { display: none; }
      .question { display: grid; gap: var(--2); }
      .question legend { margin-bottom: var(--2); }
      .question .hint { display: block; }
      .place { margin-inline-start: auto; color: var(--accent); font-variant-numeric: tabular-nums; }
      .scale { display: flex; flex-wrap: wrap; gap: var(--2); }
      .scale .pick { flex: 1 1 3rem; justify-content: center; }
      .ends { display: flex; justify-content: space-between; gap: var(--4); }
      blockquote { margin: 0; padding-inline-start: var(--4); border-inline-start: 4px solid var(--line); white-space: pre-line; }
      .side { display: grid; gap: var(--5); }
      .news li { display: grid; gap: var(--2); padding-block: var(--3); border-top: 1px solid var(--line); }
      .news p { white-space: pre-line; overflow-wrap: anywhere; }
      .done { display: grid; justify-items: center; gap: var(--2); padding: var(--5) var(--4); text-align: center; }
      .done svg { width: 2.5rem; height: 2.5rem; color: var(--good); }
    `,
  ];

  /** Leaves the meetings and the news out. */
  @property({ type: Boolean, attribute: "tasks-only" }) tasksOnly = false;
  /** The task that is being answered here, and what it asks. */
  @state() private answering?: { task: string; sheet: Sheet };
  /** Notifications that have not been read, and the answer to a request for help, once somebody wants to see it. */
  @state() private news: Notice[] = [];
  @state() private letter?: Schemas["HelpRequest"];
  protected readonly about = [] as const;

  /** The news are read each time: one that is read elsewhere when another arrives leaves the page's entity tag as it was. */
  protected async load(api: Api, headers: Record<string, string>): Promise<Reply<Dashboard>> {
    const [page, news] = await Promise.all([api.call.GET("/api/v1/dashboards/me", { headers }), this.tasksOnly ? undefined
      : api.call.GET("/api/v1/notifications", { params: { query: { unread: true, limit: NEWS } } })]);
    if (news?.response.ok) this.news = (data(news) as { items: Notice[] }).items;
    return page;
  }

  protected view({ tasks, next_sessions }: Dashboard): TemplateResult {
    const meetings = this.tasksOnly ? [] : next_sessions;
    const news = this.news.filter((one) => !tasks.some((task) => task.link.startsWith(one.links.subject)));
    return html`<div class="lists ${meetings.length || news.length ? "both" : ""}">
      <div class="panel">
        <div class="row between"><h2>${this.words.tasks.title}</h2>
          ${tasks.length ? html`<span class="chip strong">${this.words.tasks.open(tasks.length)}</span>` : nothing}</div>
        ${tasks.length ? html`<ul>${repeat(tasks, identity, (task, at) => this.task(task, at === 0))}</ul>` : this.done()}
      </div>
      ${meetings.length || news.length
        ? html`<div class="side">
            ${meetings.length ? html`<div class="panel"><h2>${this.words.tasks.meetings}</h2>
              <ul class="stack">${meetings.map((one) => this.meeting(one))}</ul></div>` : nothing}
            ${news.length ? this.newsPanel(news) : nothing}</div>`
        : nothing}
    </div>`;
  }

  private newsPanel(news: Notice[]): TemplateResult {
    const words = this.words.tasks;
    return html`<div class="panel"><div class="row between"><h2>${words.news}</h2>
        <button class="button quiet" ?disabled=${this.busy} @click=${() => void this.acknowledge(news)}>${words.all_read}</button></div>
      <ul class="news">${news.map((one) => this.notice(one))}</ul></div>`;
  }

  private notice(notice: Notice): TemplateResult {
    const words = this.words.tasks;
    const { title, text } = notice.data;
    const answer = this.letter && notice.kind === "help_answered" && this.letter.id === notice.subject_id ? this.letter : undefined;
    return html`<li>
      <p>${title ? html`<strong>${title}</strong><br />${text}` : this.told(notice.kind)}</p>
      ${answer ? html`<blockquote tabindex="-1">${answer.answer}</blockquote><p class="fine">${answer.answered_by?.display_name}</p>`
        : title ? nothing : html`<div><button class="button" ?disabled=${this.busy} @click=${() => void this.see(notice)}>${words.show}</button></div>`}</li>`;
  }

  /** What a notification says: what its mail does, but for what a mail does not name. */
  private told(kind: string): string {
    return (this.words.tasks.notices as Record<string, string>)[kind] ?? catalogueOf(this.words)?.notifications[kind] ?? kind.replaceAll("_", " ");
  }

  private acknowledge(news: Notice[]): Promise<unknown> {
    const body = { ids: news.map((one) => one.id) };
    return this.act("notification_acknowledgements", (headers) => this.api.call.POST("/api/v1/notifications/acknowledgements", { body, headers }));
  }

  /** What a notification is about: an answer to one's own request is read here, all else on its page. */
  private async see(notice: Notice): Promise<void> {
    if (notice.kind === "help_answered") {
      const path = { help_request_id: notice.subject_id };
      const reply = await this.api.call.GET("/api/v1/help-requests/{help_request_id}", { params: { path } });
      if (reply.response.ok) this.letter = reply.data as Schemas["HelpRequest"];
      return this.focusOn("blockquote");
    }
    await this.acknowledge([notice]);
    const link = notice.links.subject;
    this.tell("upward-open", { noun: link.split("/")[3], link, id: link.split("/").at(-1), pair: notice.data.pair_id ?? null });
  }

  private done(): TemplateResult {
    return html`<div class="done">
      <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" aria-hidden="true"><circle cx="12" cy="12" r="9.5" /><path d="m8 12.5 2.8 2.8L16.2 9.5" stroke-linecap="round" stroke-linejoin="round" /></svg>
      <p><strong>${this.words.tasks.none}</strong></p><p class="fine">${this.words.tasks.none_text}</p>
    </div>`;
  }

  private get host(): Host {
    const { api, words, busy } = this;
    const close = () => (this.answering = undefined);
    return { api, words, busy, close, act: (name, write, said) => this.act(name, write, said) };
  }

  private async answer(task: Task): Promise<void> {
    this.refused = undefined;
    try {
      this.answering = { task: identity(task), sheet: await readSheet(this.api, task) };
      await this.focusOn(".sheet");
    } catch (fault) {
      if (fault instanceof Refusal) this.refused = fault;
    }
  }

  private task(task: Task, first: boolean): TemplateResult {
    const words = this.words.tasks;
    const kinds: Partial<Record<string, string>> & Record<Task["kind"], string> = words.kinds;
    const title = kinds[task.kind] ?? this.say(task.text);
    const label = word(words.actions, task.action);
    const open = (event: Event) => {
      if (!this.tell("upward-open", { task, noun: task.link.split("/")[3], link: task.link, id: task.link.split("/").at(-1), pair: task.pair_id }))
        event.preventDefault();
    };
    return html`<li class="task">
      <div>
        <h3 id="t-${task.link}-${task.kind}">${title}</h3>
        <div class="about">
          ${task.with ? html`<span class="row">${avatar(task.with, "small")}${task.with.display_name}</span>` : nothing}
          ${task.programme ? html`<span>${task.programme.title}</span>` : nothing}
          ${task.due_at ? this.due(task.due_at) : nothing}
        </div>
      </div>
      ${task.kind === "answer_invitation" ? this.invitation(task) : task.kind === "record_touchpoint" ? this.checkIn(task)
        : task.kind === "resume_enrolment" ? this.pause(task) : this.answering?.task === identity(task) ? sheetView(this.host, this.answering.sheet)
        : ANSWERED_HERE.has(task.kind)
        ? html`<button class="button ${first ? "primary" : ""}" ?disabled=${this.busy} @click=${() => void this.answer(task)} aria-describedby="t-${task.link}-${task.kind}">${label}</button>`
        : task.portal
        ? html`<a class="button ${first ? "primary" : ""}" href=${task.portal} @click=${open} aria-describedby="t-${task.link}-${task.kind}">${label}</a>`
        : html`<button class="button ${first ? "primary" : ""}" @click=${open} aria-describedby="t-${task.link}-${task.kind}">${label}</button>`}
    </li>`;
  }

  /** An invitation is answered on the spot. */
  private invitation(task: Task): TemplateResult {
    const words = this.words.tasks;
    const path = { enrolment_id: task.link.split("/").at(-1)! };
    const accept = () => this.act("acceptance", (headers) =>
      this.api.call.POST("/api/v1/enrolments/{enrolment_id}/acceptance", { params: { path }, body: {}, headers }), words.taking_part);
    const decline = () => this.act("decline", (headers) =>
      this.api.call.POST("/api/v1/enrolments/{enrolment_id}/decline", { params: { path }, body: {}, headers }), words.not_taking_part);
    return html`<div class="row"><button class="button primary" ?disabled=${this.busy} @click=${() => void accept()}>${words.take_part}</button>
      <button class="button" ?disabled=${this.busy} @click=${() => void decline()}>${words.not_now}</button></div>`;
  }

  /** A check-in between two meetings: it took place, or is left out. */
  private checkIn(task: Task): TemplateResult {
    const words = this.words.tasks;
    const path = { touchpoint_id: task.link.split("/").at(-1)! };
    const say = (status: "done" | "skipped") => this.act("touchpoint_patch", () =>
      this.api.call.PATCH("/api/v1/touchpoints/{touchpoint_id}", { params: { path, header: { "If-Match": "*" } }, body: { status } }), words.checked_in);
    return html`<div class="row"><button class="button" ?disabled=${this.busy} @click=${() => void say("done")}>${words.checked}</button>
      <button class="button quiet" ?disabled=${this.busy} @click=${() => void say("skipped")}>${words.skipped}</button></div>`;
  }

  /** Back from a pause. */
  private pause(task: Task): TemplateResult {
    const path = { enrolment_id: task.link.split("/").at(-1)! };
    const resume = () => this.act("resumption", (headers) =>
      this.api.call.POST("/api/v1/enrolments/{enrolment_id}/resumption", { params: { path }, headers } as never), this.words.tasks.resumed);
    return html`<button class="button" ?disabled=${this.busy} @click=${() => void resume()}>${this.words.tasks.resume}</button>`;
  }

  private due(at: string): TemplateResult {
    const days = (new Date(at).getTime() - Date.now()) / 86400000;
    const words = this.words.tasks;
    if (days < 0) return html`<span class="chip bad">${words.overdue(date(this.words, at))}</span>`;
    return html`<span class="chip ${days < SOON_DAYS ? "warn" : ""}">${words.by(day(this.words, at))}</span>`;
  }

  private meeting(session: Session): TemplateResult {
    const at = new Date(session.starts_at);
    return html`<li class="meeting">
      <span class="leaf" aria-hidden="true"><b>${at.getDate()}</b>
        <span>${at.toLocaleDateString(this.words.locale, { month: "short" })}</span></span>
      <div><strong>${session.partner.display_name}</strong><br />
        <span class="muted">${day(this.words, session.starts_at)}, ${hour(this.words, session.starts_at)}–${hour(this.words, session.ends_at)}</span><br />
        <span class="fine">${word(this.words.modes, session.mode)}</span>
        ${session.link ? html`<a href=${session.link} rel="noreferrer">${this.words.pair.join}</a>` : nothing}</div>
    </li>`;
  }
}
