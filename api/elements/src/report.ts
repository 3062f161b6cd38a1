/*
 * <upward-report>: one report of a programme, to look at and to print on one page: a sentence, figures, a
 * chart, the same as a table, and the method as a footnote.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Api, Reply } from "./client.js";
import type { Cells, Chart, Look, Value } from "./charts.js";
import { UpwardElement } from "./element.js";
import { catalogueOf } from "./texts.js";
import { date, list, word } from "./words.js";

/** What all reports have in common; the rows of the chart are the table. */
interface Report {
  programme: { id: string; title: string };
  as_of: string;
  method: string;
  minimum_cell: number;
  totals?: Cells;
  sentence: string;
  chart: Chart;
  [figure: string]: unknown;
}
interface Charts {
  draw(chart: Chart, look: Look, place: HTMLElement): Promise<() => void>;
}

export const REPORTS = ["participation", "funnel", "representation", "network", "adherence", "gain", "satisfaction",
  "attitudes", "retention", "improvements", "cohort-improvements", "recognition", "losses", "cost"] as const;
/** What is no column of the table. */
const NO_COLUMN = new Set(["suppressed", "sentence", "verdict", "by"]);
const NO_FIGURE = new Set(["snapshot", "minimum_cell", "n"]);
const NAMED = 6;

/** The charts' module beside this one; loaded when the first chart is shown. */
let charts: Promise<Charts> | undefined;
const loadCharts = () => (charts ??= import(new URL("./charts.js", import.meta.url).href) as Promise<Charts>);

export class UpwardReport extends UpwardElement<Report> {
  static override styles = [
    ...UpwardElement.styles,
    css`
      :host {
        --plot-1: light-dark(#3a4fc4, #aeb9ff);
        --plot-2: light-dark(#0f766a, #6fd3c2);
        --plot-3: light-dark(#b4540f, #f5b078);
        --plot-4: light-dark(#8a3fa0, #dda6ee);
      }
      .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: var(--4); }
      .figures div { display: grid; align-content: start; }
      .figures b { font-size: clamp(1.5rem, 6cqi, 2.25rem); line-height: 1.15; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
      .figures b.few { font-size: var(--m); line-height: 1.6; letter-spacing: 0; font-weight: 500; color: var(--muted); }
      .sentence { font-size: var(--l); line-height: 1.45; max-width: 60ch; text-wrap: pretty; }
      figure { display: grid; gap: var(--3); margin: 0; min-width: 0; }
      .plot { min-width: 0; overflow: hidden; }
      .plot svg { max-width: 100%; }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; width: 100%; font-size: var(--s); }
      caption { text-align: start; font-weight: 650; padding-bottom: var(--2); }
      th, td { padding: var(--2) var(--3) var(--2) 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: baseline; }
      thead th { font-size: var(--xs); color: var(--muted); vertical-align: bottom; }
      tbody th { font-weight: 600; }
      td { font-variant-numeric: tabular-nums; }
      thead th:not(:first-child), td { text-align: end; }
      .few { color: var(--muted); font-size: var(--xs); white-space: nowrap; }
      footer { border-top: 1px solid var(--line); padding-top: var(--3); text-wrap: pretty; }
      tbody tr:last-child > * { border-bottom: 0; }
      @media print {
        :host { color-scheme: light; break-after: page; font-size: 10pt; --s: 9pt; --xs: 8pt; --l: 12pt; --4: 0.6rem; }
        .panel { border: 0; padding: 0; }
        th, td { padding-block: 0.15rem; }
        .figures b { font-size: 16pt; }
        .plot { print-color-adjust: exact; }
      }
    `,
  ];

  /** Of which programme. */
  @property({ attribute: "programme-id" }) programmeId = "";
  /** Which report, by its name in the list of reports. */
  @property() report = "participation";
  /** The chart cannot be drawn: the table says the same. */
  @state() private plain = false;
  protected readonly about = ["programmeId", "report"] as const;
  private wipe?: () => void;
  private drawn = "";
  private readonly sizes = new ResizeObserver(() => void this.draw());

  protected load(api: Api, headers: Record<string, string>): Promise<Reply<Report>> {
    return api.follow<Report>(`/api/v1/reports/programmes/${this.programmeId}/${this.report}`, headers);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
    this.wipe?.();
    this.wipe = undefined;
    this.drawn = "";
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    const place = this.place;
    if (place) this.sizes.observe(place);
    void this.draw();
  }

  private get place(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(".plot");
  }

  /** Draws the chart again if its data, its width or the language are others. */
  private async draw(): Promise<void> {
    const { place, data } = this;
    const width = place?.clientWidth ?? 0;
    if (!place || !data || width === 0) return;
    const want = [this.report, this.words.code, width, JSON.stringify(data.chart)].join();
    if (want === this.drawn) return;
    this.drawn = want;
    try {
      const { draw } = await loadCharts();
      if (want !== this.drawn) return;
      const [rows, measures] = [data.chart.data.values, data.chart.transform[0]?.fold ?? []];
      const label = data.chart.encoding.x.field;
      const chart = { ...data.chart, data: { values: rows.map((row) => ({ ...row, [label]: this.named(row, rows) })) } };
      const fresh = document.createElement("div");
      fresh.setAttribute("aria-hidden", "true"); // its sentence is the label of the place around it
      const wipe = await draw(chart, {
        width, font: getComputedStyle(this).fontFamily,
        words: Object.fromEntries(measures.map((measure) => [measure, word(this.words.report.columns, measure)])),
        unit: measures.length > 1 ? "" : word(this.words.report.columns, measures[0] ?? ""),
        format: this.isShare(measures[0] ?? "") ? ".0%" : "~r",
      }, fresh);
      if (want !== this.drawn) return wipe();
      this.wipe?.();
      this.wipe = wipe;
      place.replaceChildren(fresh);
    } catch {
      charts = undefined;
      this.plain = true;
    }
  }

  protected view(report: Report): TemplateResult {
    const words = this.words.report;
    const title = word(words.titles, this.report);
    const rows = report.chart.data.values;
    const totals = Object.entries(report.totals ?? report).filter(([name, value]) => !NO_FIGURE.has(name) && (typeof value === "number" || value === null));
    return html`<article class="panel">
      <header class="stack"><div class="row between"><h2>${title}</h2>
          <span class="fine">${report.programme.title} · ${date(this.words, report.as_of)}</span></div>
        <p class="sentence">${this.say(report.sentence)}</p></header>
      ${totals.length ? html`<div class="figures">${totals.map(([name, value]) => html`<div>
        ${value === null ? html`<b class="few">${words.few(report.minimum_cell)}</b>` : html`<b>${this.figure(name, value as Value)}</b>`}
        <span class="fine">${word(words.columns, name)}</span></div>`)}</div>` : nothing}
      ${this.shown(report).length ? this.plot(report, title) : nothing}
      ${rows.length ? this.table(rows, word(words.groups, report.chart.encoding.x.field), report.minimum_cell)
        : html`<p class="lead">${words.nothing(report.minimum_cell)}</p>`}
      <footer class="fine"><strong>${words.method}</strong> ${this.method(report)}</footer>
    </article>`;
  }

  private method(report: Report): string | TemplateResult {
    return (this.words.code === "en" ? undefined : catalogueOf(this.words)?.methods[this.report]) ?? this.say(report.method);
  }

  /** The rows with something to draw. */
  private shown(report: Report): Cells[] {
    return report.chart.data.values.filter((row) => report.chart.transform[0]?.fold.some((measure) => typeof row[measure] === "number"));
  }

  /** The chart, its content in a sentence for each measure for whoever does not see it, and what it does not show. */
  private plot(report: Report, title: string): TemplateResult {
    const words = this.words.report;
    const rows = report.chart.data.values;
    const measures = report.chart.transform[0]?.fold ?? [];
    const spans = measures.map((measure) => {
      const ordered = rows.filter((row) => typeof row[measure] === "number").sort((a, b) => Number(a[measure]) - Number(b[measure]));
      const [least, most] = [ordered[0], ordered.at(-1)];
      return least && most ? words.span(word(words.columns, measure), this.figure(measure, least[measure]!), this.named(least, rows),
        this.figure(measure, most[measure]!), this.named(most, rows)) : "";
    }).filter(Boolean);
    const hidden = rows.flatMap((row) => measures.filter((measure) => row[measure] === null)
      .map((measure) => measures.length > 1 ? `${this.named(row, rows)} (${word(words.columns, measure)})` : this.named(row, rows)));
    const some = hidden.length > NAMED ? [...hidden.slice(0, NAMED - 1), words.others(hidden.length - NAMED + 1)] : hidden;
    return html`<figure>
      ${this.plain ? html`<p class="fine">${words.plain}</p>`
        : html`<div class="plot" role="img" aria-label=${words.alternative(title, spans.join(" "))}></div>`}
      ${hidden.length ? html`<figcaption class="fine">${words.hidden(report.minimum_cell, list(this.words, some))}</figcaption>` : nothing}
    </figure>`;
  }

  /** The columns that name a row. */
  private labels(rows: Cells[]): string[] {
    return Object.keys(rows[0] ?? {}).filter((name) => !NO_COLUMN.has(name) && (name === "level" || rows.every((row) => typeof row[name] === "string")));
  }

  /** A row's name in words. */
  private named(row: Cells, rows: Cells[]): string {
    return this.labels(rows).map((name) => name === "level" || row.by === "level" ? this.words.report.level(String(row[name])) : (this.words.report.values as Record<string, string>)[String(row[name])] ?? String(row[name])).join(", ");
  }

  private isShare(name: string): boolean {
    return name === "on_cadence" || name.endsWith("share");
  }

  private figure(name: string, value: Value): string {
    if (typeof value !== "number") return String(value ?? "");
    return this.isShare(name) ? value.toLocaleString(this.words.locale, { style: "percent" }) : value.toLocaleString(this.words.locale, { maximumFractionDigits: 1 });
  }

  private table(rows: Cells[], caption: string, few: number): TemplateResult {
    const words = this.words.report;
    const labels = this.labels(rows);
    const numbers = Object.keys(rows[0]!).filter((name) => !NO_COLUMN.has(name) && !labels.includes(name) && rows.some((row) => typeof row[name] === "number" || row[name] === null));
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}><table><caption>${caption}</caption>
      <thead><tr><th scope="col">${labels.map((name) => word(words.columns, name)).join(", ")}</th>${numbers.map((name) => html`<th scope="col">${word(words.columns, name)}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr><th scope="row">${this.named(row, rows)}</th>
        ${numbers.map((name) => html`<td>${row[name] === null ? html`<span class="few">${words.few(few)}</span>` : this.figure(name, row[name]!)}</td>`)}</tr>`)}</tbody>
    </table></div>`;
  }
}
