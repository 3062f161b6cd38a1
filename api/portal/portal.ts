/* The reference portal: a frame of pages around the elements, for everybody who takes part or runs a programme. */
import { REPORTS, configure, read, type Schemas } from "/elements/upward.js";
import { Session } from "./session.js";
import { language, switchLanguage, words } from "./words.js";

type Child = Node | string | false | null | undefined;
type Me = Schemas["MeAnswer"];

/** An element with attributes and children; a function among the attributes is a listener. */
function el(tag: string, attributes: Record<string, string | boolean | ((event: Event) => void)> = {}, ...children: Child[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  made.append(...children.filter((child): child is Node | string => Boolean(child)));
  return made;
}

/** The heading of a page whose element has its own: for screen readers and the title of the window. */
const heading = (text: string) => el("h1", { class: "unseen" }, text);

const main = document.querySelector("main")!;
const bar = document.querySelector("#bar")!;

class Portal {
  constructor(
    private readonly session: Session,
    private readonly me: Me,
  ) {
    window.addEventListener("hashchange", () => void this.go());
    main.addEventListener("upward-open", (event) => this.open(event as CustomEvent<{ link: string; pair?: string | null }>));
  }

  private get coordinates(): boolean {
    return this.me.roles.includes("programme_admin");
  }

  private get imports(): boolean {
    return this.me.roles.some((role) => role === "admin" || role === "hris");
  }

  // ---- pages ----------------------------------------------------------------------------------------
  private readonly pages: Record<string, (id: string, more: string) => Promise<HTMLElement[]> | HTMLElement[]> = {
    "": () => this.home(),
    shortlists: (id) => [this.back(), heading(words().shortlist), el("upward-shortlist", { "shortlist-id": id })],
    pairs: (id) => [this.back(), heading(words().pair), el("upward-pair", { "pair-id": id })],
    programmes: (id) => id
      ? [this.back("programmes", words().nav.programmes), heading(words().programme), el("upward-programme", { "programme-id": id })]
      : [heading(words().nav.programmes), el("upward-programme")],
    reports: (id, name) => [heading(words().nav.reports), el("div", { class: "row" }, this.back(`programmes/${id}`, words().programme),
      el("button", { class: "action", click: () => print() }, words().print)),
      ...(name ? [name] : REPORTS).map((one) => el("upward-report", { "programme-id": id, report: one }))],
    surveys: () => this.home(),
    assessments: () => this.home(),
    "help-requests": () => this.home(),
    touchpoints: () => this.home(),
    imports: () => [heading(words().nav.people), el("upward-import")],
  };

  private async home(): Promise<HTMLElement[]> {
    const name = this.me.person?.display_name.split(" ")[0] ?? "";
    const page = [el("header", {}, el("h1", {}, words().greeting(new Date().getHours(), name)))];
    if (this.imports && !this.coordinates) page.push(el("a", { class: "action", href: "#/imports" }, words().import_people));
    if (!this.me.person || !this.me.roles.some((role) => role === "participant" || role === "programme_admin")) return page;
    page.push(el("upward-tasks"));
    const { items } = await read<Schemas["PairPage"]>("/api/v1/pairs?status=active,proposed,suspended&limit=20");
    const mine = items.filter((pair) => pair.my_side);
    if (mine.length)
      page.push(el("section", { class: "stack" }, el("h2", {}, words().pairs),
        el("ul", { class: "cards" }, ...mine.map((pair) => this.pair(pair)))));
    return page;
  }

  private pair(pair: Schemas["Pair"]): HTMLElement {
    const partner = pair.my_side === "mentor" ? pair.mentee : pair.mentor;
    return el("li", {}, el("a", { href: `#/pairs/${pair.id}` }, el("strong", {}, partner.display_name),
      el("span", {}, pair.my_side === "mentor" ? words().mentee : words().mentor), el("span", {}, pair.programme.title)));
  }

  private back(hash = "", label = words().nav.home): HTMLElement {
    return el("a", { class: "back", href: `#/${hash}` }, `← ${label}`);
  }

  // ---- moving about ---------------------------------------------------------------------------------
  private turn = 0;

  /** Shows the page of the address; one that is made while another is asked for is not shown. */
  async go(): Promise<void> {
    const turn = ++this.turn;
    const [noun = "", id = "", more = ""] = location.hash.replace(/^#\/?/, "").split("/");
    document.documentElement.lang = language();
    this.frame(noun);
    const page = await (this.pages[noun] ? this.pages[noun](id, more) : this.elsewhere(noun, id));
    if (turn !== this.turn) return;
    main.replaceChildren(...page);
    document.title = [main.querySelector("h1")?.textContent, words().title].filter(Boolean).join(" · ");
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  /** What an element asks for: the page of the object; where it has none, that of its pair. */
  private open(event: CustomEvent<{ link: string; pair?: string | null }>): void {
    event.preventDefault();
    const [, , , noun = "", id = "", ...rest] = event.detail.link.split("/");
    if (noun === "reports") location.hash = `#/reports/${rest.join("/")}`;
    else if (!this.pages[noun] && event.detail.pair) location.hash = `#/pairs/${event.detail.pair}`;
    else location.hash = `#/${noun}/${id}`;
  }

  /** The page of something without one of its own, such as a session that a mail leads to: that of its pair or programme. */
  private async elsewhere(noun: string, id: string): Promise<HTMLElement[]> {
    const found = id && (await read<{ links: Record<string, string> }>(`/api/v1/${noun}/${id}`).catch(() => undefined));
    for (const [link, page] of [["pair", "pairs"], ["programme", "programmes"]] as const) {
      const at = found && found.links[link]?.split("/").at(-1);
      if (at && (link === "pair" || this.coordinates)) return this.pages[page]!(at, "");
    }
    return [this.back(), el("h1", {}, words().unknown), el("p", { class: "lead" }, words().unknown_text)];
  }

  private frame(noun: string): void {
    const entry = (hash: string, label: string) =>
      el("a", { href: `#/${hash}`, ...(hash === noun ? { "aria-current": "page" } : {}) }, label);
    document.querySelector(".skip")!.textContent = words().skip;
    const brand = bar.querySelector(".brand")!;
    bar.replaceChildren(...[brand,
      (this.coordinates || this.imports) && el("nav", {}, entry("", words().nav.home), this.coordinates && entry("programmes", words().nav.programmes),
        this.imports && entry("imports", words().nav.people)),
      el("div", { class: "me" }, el("span", {}, this.me.person?.display_name ?? ""),
        el("button", { click: () => this.otherLanguage(), lang: language() === "de" ? "en" : "de" }, words().other_language),
        el("button", { click: () => void this.session.end() }, words().sign_out))].filter((part): part is HTMLElement => Boolean(part)));
  }

  private otherLanguage(): void {
    switchLanguage();
    configure({ language: language() });
    void this.go();
  }
}

/** What is said when nobody could be signed in. */
function failed(): void {
  main.replaceChildren(el("h1", {}, words().failed), el("p", { class: "lead" }, words().failed_text),
    el("button", { class: "action", click: () => location.assign("./") }, words().again));
}

document.documentElement.lang = language();
try {
  const session = await Session.begin();
  if (session) {
    configure({ token: session.token, language: language() });
    await new Portal(session, await read<Me>("/api/v1/me")).go();
  }
} catch {
  failed();
}
