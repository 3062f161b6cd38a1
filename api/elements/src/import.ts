/* <upward-import>: an employee file, tried first; faults by line, what would change, and then it is applied. */
import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { data, type Api, type Reply, type Schemas } from "./client.js";
import { UpwardElement } from "./element.js";
import { date, hour, word } from "./words.js";

type Import = Schemas["Import"];
type History = { items: Import[] };
type Fault = Schemas["ImportRowsPage"]["items"][number];
type Change = Schemas["ImportChangesPage"]["items"][number];

const WORKING = new Set(["queued", "checking", "applying"]);
const FOLLOW_SECONDS = 0.5;
const PAGE = 100;

export class UpwardImport extends UpwardElement<History> {
  static override styles = [
    ...UpwardElement.styles,
    css`
      .drop { display: grid; justify-items: center; gap: var(--2); padding: var(--6) var(--4); text-align: center; border: 2px dashed var(--field); border-radius: var(--radius); background: var(--surface); cursor: pointer; }
      .drop.over, .drop:hover { border-color: var(--accent); background: var(--accent-soft); }
      .drop:focus-within { outline: 3px solid var(--accent); outline-offset: 2px; }
      .drop svg { width: 2.25rem; height: 2.25rem; color: var(--accent); }
      .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); gap: var(--3); }
      .figures div { display: grid; }
      .figures b { font-size: var(--xl); line-height: 1.2; font-variant-numeric: tabular-nums; }
      .table { overflow: auto; max-height: 28rem; border: 1px solid var(--line); border-radius: calc(var(--radius) * 0.7); }
      table { border-collapse: collapse; width: 100%; font-size: var(--s); }
      th, td { text-align: start; vertical-align: top; padding: var(--2) var(--3); border-bottom: 1px solid var(--line); }
      th { position: sticky; top: 0; background: var(--sunken); font-size: var(--xs); white-space: nowrap; }
      td.number { font-variant-numeric: tabular-nums; }
      progress { width: 100%; height: 0.75rem; accent-color: var(--accent); }
      del { color: var(--muted); }
      ins { text-decoration: none; font-weight: 600; }
    `,
  ];

  @state() private job?: Import;
  @state() private faults: Fault[] = [];
  @state() private changes: Change[] = [];
  @state() private over = false;
  @state() private name = "";
  private follower?: ReturnType<typeof setTimeout>;
  protected readonly about = [] as const;

  protected load(api: Api, headers: Record<string, string>): Promise<Reply<History>> {
    return api.call.GET("/api/v1/imports", { params: { query: { limit: 5 } }, headers }) as Promise<Reply<History>>;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.follower);
  }

  // ---- what a person does -----------------------------------------------------------------------------
  /** Tries a file: nothing is changed before it is confirmed. */
  private async offer(file: File | undefined, full: boolean): Promise<void> {
    if (!file) return;
    this.name = file.name;
    this.job = undefined;
    this.faults = this.changes = [];
    const query = { dry_run: true, mode: full ? ("full" as const) : ("delta" as const) };
    const job = await this.act<Import>("import_create", (headers) =>
      this.api.call.POST("/api/v1/imports", {
        params: { query }, headers: { ...headers, "Content-Type": "text/csv" }, body: file as unknown as string, bodySerializer: (body) => body,
      }));
    if (job) await this.follow(job);
  }

  private async follow(job: Import): Promise<void> {
    this.job = job;
    clearTimeout(this.follower);
    if (WORKING.has(job.status)) {
      this.follower = setTimeout(async () => this.follow(data(await this.api.follow<Import>(job.links.self!))), FOLLOW_SECONDS * 1000);
      return;
    }
    if (job.counts.faults) this.faults = (data(await this.api.follow<Schemas["ImportRowsPage"]>(`${job.links.rows}?limit=${PAGE}`))).items;
    if (job.status === "checked") await this.findChanges(job);
    await this.look();
    await this.focusOn("#outcome");
  }

  /** Only the HR system may see what would change in whom; others see how much. */
  private async findChanges(job: Import): Promise<void> {
    const reply = await this.api.follow<Schemas["ImportChangesPage"]>(`${job.links.changes}?limit=${PAGE}`);
    this.changes = reply.response.ok ? reply.data!.items : [];
  }

  private async confirm(job: Import): Promise<void> {
    const body = job.counts.deactivated ? { confirm_deactivations: job.counts.deactivated } : {};
    const confirmed = await this.act<Import>("import_confirmation", (headers) =>
      this.api.call.POST("/api/v1/imports/{import_id}/confirmation", { params: { path: { import_id: job.id } }, body, headers }));
    if (confirmed) await this.follow(confirmed);
  }

  private again(): void {
    this.job = undefined;
    this.said = "";
  }

  // ---- the page ---------------------------------------------------------------------------------------
  protected view({ items }: History): TemplateResult {
    const words = this.words.import;
    return html`<header class="stack"><h2>${words.title}</h2><p class="lead">${words.lead}</p></header>
      ${this.job ? this.outcome(this.job) : this.dropZone()}
      ${items.length ? html`<div class="panel"><h3>${words.history}</h3><div class="table" tabindex="0" role="region" aria-label=${words.history}><table>
        <thead><tr><th scope="col">${words.when}</th><th scope="col">${words.state}</th><th scope="col">${words.rows}</th><th scope="col">${words.faults_column}</th></tr></thead>
        <tbody>${items.map((one) => html`<tr><td>${date(this.words, one.created_at)}, ${hour(this.words, one.created_at)}</td>
          <td>${word(words.states, one.status)}${one.dry_run ? html` <span class="fine">${words.tried}</span>` : nothing}</td>
          <td class="number">${one.counts.rows}</td><td class="number">${one.counts.faults}</td></tr>`)}</tbody></table></div></div>` : nothing}`;
  }

  private dropZone(): TemplateResult {
    const words = this.words.import;
    const full = () => (this.renderRoot.querySelector("[name=full]") as HTMLInputElement).checked;
    const drop = (event: DragEvent) => {
      event.preventDefault();
      this.over = false;
      void this.offer(event.dataTransfer?.files[0], full());
    };
    return html`<label class="drop ${this.over ? "over" : ""}" @dragover=${(event: DragEvent) => { event.preventDefault(); this.over = true; }}
        @dragleave=${() => (this.over = false)} @drop=${drop}>
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M12 16V4m0 0L7 9m5-5 5 5M4 15v3a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-3" /></svg>
        <strong>${this.busy ? words.sending : words.drop}</strong><span class="hint">${words.columns}</span>
        <input class="unseen" type="file" accept=".csv,.txt,text/csv" ?disabled=${this.busy}
          @change=${(event: Event) => void this.offer((event.target as HTMLInputElement).files?.[0], full())} /></label>
      <label class="pick"><input type="checkbox" name="full" /><span>${words.full}<br /><span class="hint">${words.full_text}</span></span></label>`;
  }

  private outcome(job: Import): TemplateResult {
    const words = this.words.import;
    const { counts } = job;
    const working = WORKING.has(job.status);
    const shown = (["created", "updated", "unchanged", "deactivated", "skipped", "faults"] as const).filter((name) => counts[name] || name === "created");
    const tone = job.status === "done" || job.status === "checked" ? "good" : job.status === "faulty" || job.status === "failed" ? "bad" : "";
    return html`<div class="panel"><div class="row between"><h3 id="outcome" tabindex="-1">${this.name || words.title}</h3>
        <span class="chip ${tone}" role="status">${word(words.states, job.status)}</span></div>
      ${working ? html`<progress max=${job.progress.total || 1} value=${job.progress.total ? job.progress.done : nothing} aria-label=${word(words.states, job.status)}></progress>`
        : html`<p class="lead">${word(words.states_text, job.status)}</p>
          <div class="figures">${shown.map((name) => html`<div><b>${counts[name]!.toLocaleString(this.words.locale)}</b><span class="fine">${word(job.status === "done" ? words.done : words.counts, name)}</span></div>`)}</div>`}
      ${this.faults.length ? this.faultTable() : nothing}
      ${this.changes.length ? this.changeTable() : nothing}
      ${working ? nothing : html`<div class="row">
        ${job.can.includes("confirmation") ? html`<button class="button primary" ?disabled=${this.busy} @click=${() => void this.confirm(job)}>${counts.deactivated ? words.confirm_leavers(counts.deactivated) : words.confirm}</button>` : nothing}
        <button class="button" @click=${() => this.again()}>${words.another}</button></div>`}</div>`;
  }

  private faultTable(): TemplateResult {
    const words = this.words.import;
    return html`<div class="stack"><h4>${words.faults}</h4><div class="table" tabindex="0" role="region" aria-label=${words.faults}><table>
      <thead><tr><th scope="col">${words.line}</th><th scope="col">${words.column}</th><th scope="col">${words.what}</th></tr></thead>
      <tbody>${this.faults.map((one) => html`<tr><td class="number">${one.line}</td><td>${one.column}</td><td>${one.warning ? html`<span class="chip warn">${words.warning}</span> ` : nothing}${this.say(one.message)}</td></tr>`)}</tbody></table></div></div>`;
  }

  private changeTable(): TemplateResult {
    const words = this.words.import;
    return html`<div class="stack"><h4>${words.changes}</h4><div class="table" tabindex="0" role="region" aria-label=${words.changes}><table>
      <thead><tr><th scope="col">${words.line}</th><th scope="col">${words.person}</th><th scope="col">${words.what}</th></tr></thead>
      <tbody>${this.changes.map((one) => html`<tr><td class="number">${one.line}</td><td>${one.person?.display_name ?? one.external_id}</td>
        <td>${word(words.kinds, one.action)}${one.fields.slice(0, 6).map((field) => html`<br /><span class="fine">${field.name}: ${field.from ? html`<del>${String(field.from)}</del> ` : nothing}<ins>${String(field.to ?? "")}</ins></span>`)}</td></tr>`)}</tbody></table></div></div>`;
  }
}
