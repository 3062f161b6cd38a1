/*
 * What is asked of a person in confidence, answered where it is listed: surveys, assessments, requests for
 * help. Answers stay in the form until they have arrived; they are sent nowhere else.
 */
import { html, nothing, type TemplateResult } from "lit";
import { data, type Api, type Reply, type Schemas } from "./client.js";
import type { Words } from "./words.js";

type Task = Schemas["Task"];
type Question = Schemas["SurveyQuestion"];
type Write<R> = (headers: { "Idempotency-Key": string }) => Promise<Reply<R>>;

/** What is open for answering. */
export type Sheet =
  | { kind: "survey"; of: Schemas["Response"] }
  | { kind: "assessment"; of: Schemas["Assessment"]; phase: Schemas["Phase"]; attempt?: Schemas["Attempt"] }
  | { kind: "help"; of: Schemas["HelpRequest"] };

/** What a form needs of its element. */
export interface Host {
  readonly api: Api;
  readonly words: Words;
  readonly busy: boolean;
  act<R>(name: string, write: Write<R>, said?: string): Promise<R | undefined>;
  close(): void;
}

/** One question as the page shows it: one of several values, several of them, all in order, a number or a text. */
interface Item { way?: "several" | "order"; key: string; text: string; values: { value: number; label: string }[]; numeric: boolean; low?: string | null; high?: string | null; minimum?: number | null; maximum?: number | null; required: boolean }

const SCALE = [0, 1, 2, 3, 4, 5];
export const ANSWERED_HERE = new Set(["answer_survey", "take_pre_assessment", "take_post_assessment", "answer_help_request"]);

/** Reads what a task asks. */
export async function readSheet(api: Api, task: Task): Promise<Sheet> {
  const [, , , , id = "", , part] = task.link.split("/");
  if (task.kind === "answer_help_request")
    return { kind: "help", of: data(await api.call.GET("/api/v1/help-requests/{help_request_id}", { params: { path: { help_request_id: id } } })) };
  if (task.kind === "answer_survey") {
    const due = data(await api.call.GET("/api/v1/surveys/due")) as { items: { survey: { id: string }; links: { response?: string } }[] };
    const wave = due.items.find((one) => one.survey.id === id)?.links.response ?? `/api/v1/surveys/${id}`;
    return { kind: "survey", of: data(await api.follow<Schemas["Response"]>(wave)) };
  }
  const of = data(await api.call.GET("/api/v1/assessments/{assessment_id}", { params: { path: { assessment_id: id } } })) as Schemas["Assessment"];
  const phase = task.kind === "take_pre_assessment" ? "pre" : "post";
  const attempt = part ? data(await api.follow<Schemas["Attempt"]>(task.link)) : of.draw === null ? undefined : await start(api, id, phase);
  return { kind: "assessment", of, phase, ...(attempt ? { attempt } : {}) };
}

/** Starts an attempt whose questions are drawn: before that nobody knows them. */
async function start(api: Api, id: string, phase: Schemas["Phase"]): Promise<Schemas["Attempt"]> {
  const headers = { "Idempotency-Key": `${id}-${phase}` };
  return data(await api.call.POST("/api/v1/assessments/{assessment_id}/attempts", { params: { path: { assessment_id: id } }, body: { phase }, headers })) as Schemas["Attempt"];
}

/** A survey's questions in the person's language, where its coordinators have given it. */
function surveyItems(response: Schemas["Response"], language: string): Item[] {
  const texts = new Map(response.translations.find((one) => one.language.startsWith(language))?.texts.map((text) => [text.key, text]));
  return response.questions.map((question) => {
    const own: Partial<Question> = { ...(texts.get(question.key) as Partial<Question> | undefined) };
    const options = own.options?.length ? own.options : question.options;
    const values = question.kind === "scale" ? Array.from({ length: question.points ?? 5 }, (_, at) => ({ value: at + 1, label: String(at + 1) }))
      : question.kind === "choice" ? options.map((label, value) => ({ value, label })) : [];
    return { key: question.key, text: own.text ?? question.text, values, numeric: question.kind === "number", low: own.low_label ?? question.low_label,
      high: own.high_label ?? question.high_label, minimum: question.minimum, maximum: question.maximum, required: question.required };
  });
}

/** An assessment's items: how sure one is, or what is right. */
function assessmentItems(list: Schemas["AssessmentItem"][], words: Words): Item[] {
  return list.map((item) => ({ key: item.key, text: item.text, numeric: item.kind === "numeric", required: true,
    values: item.kind === "scale" ? SCALE.map((value) => ({ value, label: String(value) })) : item.options.map((label, value) => ({ value, label })),
    ...(item.kind === "multiple" ? { way: "several" as const } : item.kind === "order" ? { way: "order" as const } : {}),
    ...(item.kind === "scale" ? { low: words.answering.not_at_all, high: words.answering.fully } : {}) }));
}

/** The answers to an assessment in a form: a number for one value, a list for other kinds. */
function solved(sheet: Extract<Sheet, { kind: "assessment" }>, form: HTMLFormElement): { key: string; value?: number; values?: number[] }[] {
  const entries = new FormData(form);
  return asks(sheet).map(({ key, kind, options }) => {
    const values = kind === "order" ? options.map((_, at) => ({ at, place: Number(entries.get(`${key} ${at}`)) })).sort((one, other) => one.place - other.place).map(({ at }) => at)
      : entries.getAll(key).map(Number);
    return kind === "scale" || kind === "choice" ? { key, value: values[0]! } : { key, values };
  });
}

const asks = (sheet: Extract<Sheet, { kind: "assessment" }>): Schemas["AssessmentItem"][] => sheet.attempt?.items ?? sheet.of.items;

/** The answers of a form so far, by key; an empty one is left out. */
function given(form: HTMLFormElement): Map<string, string> {
  return new Map([...new FormData(form)].map(([key, value]) => [key, String(value).trim()] as const).filter(([, value]) => value !== ""));
}

/** Whether a survey's question is asked, by what has been answered before. */
function asked(question: Question, answers: Map<string, string>): boolean {
  const { shown_if: rule } = question;
  return !rule || rule.values.includes(Number(answers.get(rule.key) ?? NaN));
}

/** The form of a sheet. */
export function sheetView(host: Host, sheet: Sheet): TemplateResult {
  const { words } = host;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void send(host, sheet, event.target as HTMLFormElement);
  };
  const title = sheet.kind === "help" ? words.answering.help(sheet.of.author.display_name) : sheet.kind === "survey" ? sheet.of.survey.title : sheet.of.title;
  return html`<form class="sheet" tabindex="-1" aria-label=${title} @submit=${submit} @change=${(event: Event) => follow(event.currentTarget as HTMLFormElement, sheet)}>
    <h3>${title}</h3>
    ${sheet.kind === "help" ? html`<blockquote>${sheet.of.message}</blockquote>
        <label class="field">${words.answering.answer}<textarea name="answer" required maxlength="4000"></textarea></label>`
      : items(host, sheet).map((item) => field(item, saved(sheet).get(item.key), sheet.kind === "survey" && hidden(sheet.of, item.key)))}
    <p class="fine">${words.answering.private[sheet.kind]}</p>
    <div class="row"><button class="button primary" ?disabled=${host.busy}>${words.answering.send}</button>
      <button type="button" class="button quiet" @click=${() => host.close()}>${words.answering.later}</button></div></form>`;
}

const items = (host: Host, sheet: Exclude<Sheet, { kind: "help" }>): Item[] =>
  sheet.kind === "survey" ? surveyItems(sheet.of, host.words.code) : assessmentItems(asks(sheet), host.words);

/** What has been saved before, by key. */
function saved(sheet: Exclude<Sheet, { kind: "help" }>): Map<string, string> {
  if (sheet.kind === "assessment") return new Map(sheet.attempt?.answered.map(({ key, values }) => [key, values.join(" ")]));
  const { answers } = sheet.of;
  return new Map(answers.map((one) => [one.key, String(one.value ?? ("text" in one ? one.text : "") ?? "")]));
}

const hidden = (response: Schemas["Response"], key: string): boolean =>
  !asked(response.questions.find((question) => question.key === key)!, saved({ kind: "survey", of: response }));

/** Shows and hides questions that depend on others. */
function follow(form: HTMLFormElement, sheet: Sheet): void {
  if (sheet.kind !== "survey") return;
  const answers = given(form);
  for (const question of sheet.of.questions)
    form.querySelector<HTMLFieldSetElement>(`[data-key="${question.key}"]`)!.disabled = !asked(question, answers);
}

/** One question; one that is not asked is disabled, which hides it and drops its answer. */
function field(item: Item, before: string | undefined, off: boolean): TemplateResult {
  const legend = html`<legend>${item.text}</legend>`;
  if (item.values.length === 0)
    return html`<fieldset class="question" data-key=${item.key} ?disabled=${off}>${legend}${item.numeric
      ? html`<input type="number" step="any" name=${item.key} aria-label=${item.text} min=${item.minimum ?? nothing} max=${item.maximum ?? nothing} ?required=${item.required} .defaultValue=${before ?? ""} />`
      : html`<textarea name=${item.key} aria-label=${item.text} maxlength="4000" ?required=${item.required} .defaultValue=${before ?? ""}></textarea>`}</fieldset>`;
  const chosen = before?.split(" ") ?? [];
  if (item.way === "order")
    return html`<fieldset class="question" data-key=${item.key}>${legend}<div class="stack">${item.values.map(({ value, label }) => html`<label class="pick">
      <select name="${item.key} ${value}" required>${[nothing, ...item.values.map((_, at) => at)].map((at) => at === nothing ? html`<option value=""></option>`
        : html`<option value=${at} ?selected=${chosen[Number(at)] === String(value)}>${Number(at) + 1}.</option>`)}</select>${label}</label>`)}</div></fieldset>`;
  if (item.way === "several")
    return html`<fieldset class="question" data-key=${item.key}>${legend}<div class="stack">${item.values.map(({ value, label }) => html`<label class="pick"><input type="checkbox" name=${item.key}
      value=${value} ?checked=${chosen.includes(String(value))} />${label}</label>`)}</div></fieldset>`;
  const scale = item.values.every(({ label }) => label.length < 3);
  return html`<fieldset class="question" data-key=${item.key} ?disabled=${off}>${legend}
    <div class=${scale ? "scale" : "stack"}>${item.values.map(({ value, label }) => html`<label class="pick"><input type="radio" name=${item.key} value=${value}
      ?required=${item.required} ?checked=${before === String(value)} />${label}</label>`)}</div>
    ${item.low || item.high ? html`<p class="fine ends"><span>${item.low}</span><span>${item.high}</span></p>` : nothing}</fieldset>`;
}

/** Saves the answers, then hands them in; what has been saved is saved again if the second step fails. */
async function send(host: Host, sheet: Sheet, form: HTMLFormElement): Promise<void> {
  const answers = given(form);
  const { words, api } = host;
  if (sheet.kind === "help") {
    const path = { help_request_id: sheet.of.id };
    if (await host.act("help_request_answer", (headers) =>
      api.call.POST("/api/v1/help-requests/{help_request_id}/answer", { params: { path }, body: { answer: answers.get("answer") ?? "" }, headers }), words.answering.answered)) host.close();
    return;
  }
  if (sheet.kind === "survey") {
    const path = { survey_id: sheet.of.survey.id, wave: sheet.of.wave };
    const texts = new Set(sheet.of.questions.filter((one) => one.kind === "text").map((one) => one.key));
    const body = { answers: [...answers].map(([key, value]) => (texts.has(key) ? { key, text: value } : { key, value: Number(value) })) };
    const kept = await host.act("response_put", () => api.call.PUT("/api/v1/responses/{survey_id}/{wave}", { params: { path }, body }));
    if (kept && (await host.act("response_submission", (headers) =>
      api.call.POST("/api/v1/responses/{survey_id}/{wave}/submission", { params: { path }, headers }), words.answering.thanks))) host.close();
    return;
  }
  const attempt = sheet.attempt ?? (await host.act("attempt_create", (headers) =>
    api.call.POST("/api/v1/assessments/{assessment_id}/attempts", { params: { path: { assessment_id: sheet.of.id } }, body: { phase: sheet.phase }, headers })));
  if (!attempt) return;
  sheet.attempt = attempt;
  const path = { assessment_id: sheet.of.id, attempt_id: attempt.id };
  const kept = await host.act("attempt_patch", () => api.call.PATCH("/api/v1/assessments/{assessment_id}/attempts/{attempt_id}", {
    params: { path, header: { "If-Match": "*" } }, body: { answers: solved(sheet, form) } }));
  if (kept && (await host.act("attempt_submission", (headers) =>
    api.call.POST("/api/v1/assessments/{assessment_id}/attempts/{attempt_id}/submission", { params: { path }, headers }), words.answering.thanks))) host.close();
}
