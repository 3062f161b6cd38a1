/* <upward-report>: one report of a programme, to look at and to print: figures, bars, and the method as a footnote. */
import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { type Api, type Reply } from "./client.js";
import { UpwardElement } from "./element.js";
import { date, word } from "./words.js";

type Value = string | number | boolean | null;
type Cells = Record<string, Value>;
/** What all reports have in common; each has one list of groups, and some a sentence. */
interface Report {
  programme: { id: string; title: string };
  as_of: string;
  method: string;
  minimum_cell: number;
  totals?: Cells;
  sentence?: string;
  departments?: Cells[];
  skills?: Cells[];
  windows?: Cells[];
  constructs?: Cells[];
}

export const REPORTS = ["participation", "adherence", "gain", "satisfaction", "retention", "attitudes"] as const;
const GROUPS = ["departments", "skills", "windows", "constructs"] as const;
const NO_FIGURE = new Set(["suppressed"]);

export class UpwardReport extends UpwardElement<Report> {
  static override styles = [
    ...UpwardElement.styles,
    css`
      .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: var(--4); }
      .figures div { display: grid; }
      .figures b { font-size: clamp(1.5rem, 6cqi, 2.25rem); line-height: 1.15; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
      .sentence { font-size: var(--l); line-height: 1.45; max-width: 60ch; text-wrap: pretty; }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; width: 100%; font-size: var(--s); }
      caption { text-align: start; font-weight: 650; font-size: var(--l); padding-bottom: var(--3); }
      th, td { padding: var(--2) var(--3); border-bottom: 1px solid var(--line); text-align: start; vertical-align: middle; }
      thead th { font-size: var(--xs); color: var(--muted); vertical-align: bottom; }
      tbody th { font-weight: 600; }
      td { min-width: 7rem; }
      .cell { display: grid; grid-template-columns: 3rem 1fr; gap: var(--2); align-items: center; font-variant-numeric: tabular-nums; }
      .cell progress { appearance: none; width: 100%; height: 0.625rem; border: 0; background: none; }
      .cell progress::-webkit-progress-bar { background: none; }
      .cell progress::-webkit-progress-value { background: var(--accent); border-radius: 2px; }
      .cell progress::-moz-progress-bar { background: var(--accent); border-radius: 2px; }
      .few { color: var(--muted); font-size: var(--xs); }
      footer { border-top: 1px solid var(--line); padding-top: var(--3); }
      @media print { :host { break-after: page; } .panel { border: 0; padding: 0; } .cell progress::-webkit-progress-value { print-color-adjust: exact; } }
    `,
  ];

  /** Of which programme. */
  @property({ attribute: "programme-id" }) programmeId = "";
  /** Which report, by its name in the list of reports. */
  @property() report = "participation";
  protected readonly about = ["programmeId", "report"] as const;

  protected load(api: Api, headers: Record<string, string>): Promise<Reply<Report>> {
    return api.follow<Report>(`/api/v1/reports/programmes/${this.programmeId}/${this.report}`, headers);
  }

  protected view(report: Report): TemplateResult {
    const words = this.words.report;
    const group = GROUPS.find((name) => report[name]);
    return html`<article class="panel">
      <header class="stack"><div class="row between"><h2>${word(words.titles, this.report)}</h2>
          <span class="fine">${report.programme.title} · ${date(this.words, report.as_of)}</span></div>
        ${report.sentence ? html`<p class="sentence" lang="en">${report.sentence}</p>` : nothing}</header>
      ${report.totals ? html`<div class="figures">${Object.entries(report.totals).map(([name, value]) => html`<div>
        <b>${value === null ? "–" : this.figure(name, value)}</b><span class="fine">${word(words.columns, name)}</span></div>`)}</div>` : nothing}
      ${group ? this.table(report[group]!, word(words.groups, group), report.minimum_cell) : nothing}
      <footer class="fine"><strong>${words.method}</strong> <span lang="en">${report.method}</span></footer>
    </article>`;
  }

  private figure(name: string, value: Value): string {
    if (typeof value !== "number") return String(value ?? "");
    return name === "on_cadence" || name.endsWith("share")
      ? value.toLocaleString(this.words.locale, { style: "percent" }) : value.toLocaleString(this.words.locale, { maximumFractionDigits: 1 });
  }

  /** A table whose numbers have bars: what is drawn can be read, by everybody. */
  private table(rows: Cells[], caption: string, few: number): TemplateResult {
    const words = this.words.report;
    if (rows.length === 0) return html`<p class="lead">${words.nothing(few)}</p>`;
    const names = Object.keys(rows[0]!).filter((name) => !NO_FIGURE.has(name));
    const labels = names.filter((name) => rows.every((row) => typeof row[name] === "string"));
    const numbers = names.filter((name) => !labels.includes(name) && rows.some((row) => typeof row[name] === "number" || row[name] === null));
    const most = Object.fromEntries(numbers.map((name) => [name, Math.max(1, ...rows.map((row) => Number(row[name] ?? 0)))]));
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}><table><caption>${caption}</caption>
      <thead><tr><th scope="col">${labels.map((name) => word(words.columns, name)).join(", ")}</th>${numbers.map((name) => html`<th scope="col">${word(words.columns, name)}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr><th scope="row">${labels.map((name) => word(words.values, String(row[name]))).join(", ")}</th>
        ${numbers.map((name) => row[name] === null
          ? html`<td><span class="few">${words.few(few)}</span></td>`
          : html`<td><div class="cell"><span>${this.figure(name, row[name]!)}</span><progress max=${most[name]!} value=${Number(row[name])} aria-hidden="true"></progress></div></td>`)}</tr>`)}</tbody>
    </table></div>`;
  }
}
