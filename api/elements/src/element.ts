/*
 * What all elements have in common: they read one thing from the API, look again by its entity tag,
 * show each of their states, and keep what a person has begun while the connection is away.
 */
import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { Api, Offline, Refusal, data, once, type Reply, type Token } from "./client.js";
import { onConfigure, settings } from "./settings.js";
import { base } from "./style.js";
import { catalogueOf, translated } from "./texts.js";
import { wordsFor, type Words } from "./words.js";

type State = "loading" | "ready" | "faulty" | "offline" | "no_right";
type Write<T> = (headers: { "Idempotency-Key": string }) => Promise<Reply<T>>;

export abstract class UpwardElement<T> extends LitElement {
  static override styles = [base];

  /** A token function for this element alone; otherwise the one given to configure(). */
  @property({ attribute: false }) token?: Token;

  @state() protected data?: T;
  @state() protected state: State = "loading";
  @state() protected fault?: Refusal;
  /** The fault of the last write, until the next. */
  @state() protected refused?: Refusal;
  /** A write is under way; `waiting` says that its answer does not come. */
  @state() protected busy = false;
  @state() protected waiting = false;
  /** What the person has just done, for the eye and for a screen reader. */
  @state() protected said = "";

  private etag?: string;
  private timer?: ReturnType<typeof setTimeout>;
  private gone = new AbortController();
  private turn = 0;
  private forget?: () => void;
  private owed = false;

  /** Reads what the element shows. */
  protected abstract load(api: Api, headers: Record<string, string>): Promise<Reply<T>>;
  /** The element with its data. */
  protected abstract view(data: T): TemplateResult;
  /** Whether there is nothing to show, and the sentence for it. */
  protected empty(_data: T): string | undefined {
    return undefined;
  }
  /** The properties that say what to read; another value reads anew. */
  protected abstract readonly about: readonly string[];

  protected get api(): Api {
    return new Api(settings.base, this.token ?? settings.token ?? (() => Promise.resolve("")));
  }

  protected get words(): Words {
    return wordsFor(this.language);
  }

  protected get language(): string {
    const around = this.closest("[lang]") ?? document.documentElement;
    return settings.language ?? around.getAttribute("lang") ?? navigator.language;
  }

  /** A text of the API in the person's language; English is marked where it is another. */
  protected say(text: string): string | TemplateResult {
    const other = this.words.code === "en" ? text : translated(this.words, text);
    return other?.replaceAll("`", "") ?? html`<span lang="en">${text.replaceAll("`", "")}</span>`;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.words.code !== "en") catalogueOf(this.words);
    this.gone = new AbortController();
    this.forget = onConfigure(() => {
      this.requestUpdate();
      if (this.hasUpdated && this.state !== "ready") void this.look();
    });
    const look = () => document.visibilityState === "visible" && void this.look();
    document.addEventListener("visibilitychange", look, { signal: this.gone.signal });
    window.addEventListener("online", look, { signal: this.gone.signal });
    if (this.hasUpdated) void this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.gone.abort();
    this.forget?.();
    clearTimeout(this.timer);
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has("refused")) this.owed = this.refused !== undefined;
    if (this.about.some((name) => changed.has(name)) && this.hasUpdated) void this.begin();
  }

  /** A refusal gets the focus once: whoever has scrolled down to a button sees why nothing came of it. */
  override updated(_changed: PropertyValues): void {
    const shown = this.owed && this.renderRoot.querySelector<HTMLElement>(".refused");
    if (!shown) return;
    this.owed = false;
    shown.focus();
  }

  override firstUpdated(): void {
    void this.begin();
  }

  private async begin(): Promise<void> {
    this.data = this.etag = undefined;
    this.state = "loading";
    await this.look();
  }

  /** Reads again unless nothing has changed, now and then every so many seconds. */
  protected async look(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.token && !settings.token) return;
    const turn = ++this.turn;
    try {
      const reply = await this.load(this.api, this.etag ? { "If-None-Match": this.etag } : {});
      if (turn !== this.turn) return;
      if (reply.response.status !== 304) {
        this.data = data(reply);
        this.etag = reply.response.headers.get("ETag") ?? undefined;
      }
      this.state = "ready";
      this.fault = undefined;
      this.tell("upward-loaded", { data: this.data });
    } catch (fault) {
      if (turn !== this.turn) return;
      this.show(fault);
    }
    if (this.isConnected && document.visibilityState === "visible")
      this.timer = setTimeout(() => void this.look(), settings.seconds * 1000);
  }

  private show(fault: unknown): void {
    if (fault instanceof Offline) this.state = "offline";
    else if (fault instanceof Refusal) {
      this.fault = fault;
      this.state = [401, 403, 404].includes(fault.status) ? "no_right" : "faulty";
    } else throw fault;
  }

  /**
   * Carries out a write once, reads again and tells the page (`upward-done`). Returns the answer, or
   * undefined if it was refused; the refusal is shown.
   */
  protected async act<R>(name: string, write: Write<R>, said = ""): Promise<R | undefined> {
    if (this.busy) return undefined;
    this.busy = true;
    this.refused = undefined;
    this.said = "";
    try {
      const answer = await once(write, (is) => (this.waiting = is), this.gone.signal);
      this.said = said;
      this.tell("upward-done", { action: name, answer });
      return answer;
    } catch (fault) {
      if (!(fault instanceof Refusal)) return undefined;
      this.refused = fault;
      this.tell("upward-refused", { action: name, code: fault.code });
      return undefined;
    } finally {
      this.busy = this.waiting = false;
      await this.look();
    }
  }

  protected tell(name: string, detail: unknown): boolean {
    const event = new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true });
    return this.dispatchEvent(event);
  }

  /** Asks the page to show something; the page decides how. */
  protected open(noun: string, link: string): void {
    this.tell("upward-open", { noun, link, id: link.split("/").at(-1) });
  }

  /** Moves the focus to what has just appeared. */
  protected async focusOn(selector: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  override render(): TemplateResult {
    return html`<section lang=${this.words.code} aria-busy=${this.state === "loading" || this.busy}>
      ${this.body()}
      <p class="said" role="status">${this.said ? html`<span class="note good">${this.said}</span>` : nothing}</p>
    </section>`;
  }

  private body(): TemplateResult {
    const words = this.words.states;
    if (this.data === undefined) {
      if (this.state === "loading") return this.skeleton();
      const [title, text] = {
        offline: [words.offline, words.offline_text],
        no_right: [words.no_right, words.no_right_text],
        faulty: [words.faulty, words.faulty_text],
        ready: ["", ""],
      }[this.state];
      return html`<div class="blank" role="alert">
        <h2>${title}</h2>
        <p>${text}</p>
        ${this.fault?.body.request_id ? html`<p class="fine">${words.quote} ${this.fault.body.request_id}</p>` : nothing}
        <button class="button" @click=${() => void this.begin()}>${words.again}</button>
      </div>`;
    }
    const nothingThere = this.empty(this.data);
    return html`
      ${this.state === "offline" ? html`<p class="note warn" role="status">${words.stale}</p>` : nothing}
      ${this.waiting ? html`<p class="note warn" role="status">${words.waiting}</p>` : nothing}
      ${this.refused ? this.refusal(this.refused) : nothing}
      ${nothingThere ? html`<div class="blank"><p>${nothingThere}</p></div>` : this.view(this.data)}
    `;
  }

  /** A refusal in words: its own sentence where the catalogue has one, and each fault of a form. */
  protected refusal(refused: Refusal): TemplateResult {
    const own = this.words.problems[refused.code as keyof Words["problems"]];
    const faults = (refused.body.errors ?? []).filter((one) => one.message !== refused.message);
    return html`<div class="note bad refused" role="alert" tabindex="-1">
      <strong>${own ?? this.say(refused.message)}</strong>
      ${faults.length ? html`<ul>${faults.map((one) => html`<li>${this.say(one.message)}</li>`)}</ul>` : nothing}
    </div>`;
  }

  /** Grey shapes of about the size of what will come, so that nothing jumps. */
  protected skeleton(): TemplateResult {
    return html`<div class="skeleton" role="status">
      <span class="unseen">${this.words.states.loading}</span>
      <i></i><i></i><i></i>
    </div>`;
  }
}
