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
/** As far as a number may be from nought. */
const FAR = 1e9;
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

interface Solution { key: string; value?: number; values?: number[] }

/** The answers to an assessment in a form so far: a number for one value, a list for other kinds. */
function solved(sheet: Extract<Sheet, { kind: "assessment" }>, form: HTMLFormElement): Solution[] {
  const entries = new FormData(form);
  return asks(sheet).flatMap(({ key, kind, options }): Solution[] => {
    const values = kind === "order" ? placed(form, key) : entries.getAll(key).filter((value) => value !== "").map(Number);
    if (kind === "multiple") return [{ key, values }];
    if (values.length < (kind === "order" ? options.length : 1)) return [];
    return kind === "scale" || kind === "choice" ? [{ key, value: values[0]! }] : [{ key, values }];
  });
}

const questionOf = (form: HTMLFormElement, key: string): HTMLFieldSetElement => form.querySelector<HTMLFieldSetElement>(`[data-key="${CSS.escape(key)}"]`)!;

/** The options of an order, the first one first, as far as they have been chosen. */
const placed = (form: HTMLFormElement, key: string): number[] => (questionOf(form, key).dataset.order ?? "").split(" ").filter(Boolean).map(Number);

const asks = (sheet: Extract<Sheet, { kind: "assessment" }>): Schemas["AssessmentItem"][] => sheet.attempt?.items ?? sheet.of.items;

/** The answers of a form so far, by key; one that is empty or out of its bounds is left out. */
function given(form: HTMLFormElement): Map<string, string> {
  const wrong = new Set([...form.querySelectorAll<HTMLInputElement>("input[type=number]")].filter((input) => !input.validity.valid).map((input) => input.name));
  return new Map([...new FormData(form)].map(([key, value]) => [key, String(value).trim()] as const).filter(([key, value]) => value !== "" && !wrong.has(key)));
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
      : items(host, sheet).map((item) => field(words, item, saved(sheet).get(item.key), sheet.kind === "survey" && hidden(sheet.of, item.key)))}
    <p class="fine">${words.answering.private[sheet.kind]}</p>
    <div class="row"><button class="button primary" ?disabled=${host.busy}>${words.answering.send}</button>
      <button type="button" class="button quiet" ?disabled=${host.busy} @click=${(event: Event) => void later(host, sheet, (event.target as HTMLButtonElement).form!)}>${words.answering.later}</button></div></form>`;
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
    questionOf(form, question.key).disabled = !asked(question, answers);
}

/** One question; one that is not asked is disabled, which hides it and drops its answer. */
function field({ answering }: Words, item: Item, before: string | undefined, off: boolean): TemplateResult {
  const { key, text, minimum: least, maximum: most, required } = item;
  const bounds = typeof least === "number" && typeof most === "number" ? answering.between(least, most) : undefined;
  const hint = item.way ? answering[item.way] : [bounds, required ? undefined : answering.optional].filter(Boolean).join(", ");
  return html`<fieldset class="question" data-key=${key} data-order=${item.way === "order" ? before ?? "" : nothing} ?disabled=${off} @change=${item.way === "order" ? place : nothing}>
    <legend>${text}${hint ? html` <span class="hint">${hint}</span>` : nothing}</legend>
    ${item.values.length ? choices(item, before)
      : item.numeric ? html`<input type="number" inputmode="decimal" step="any" name=${key} aria-label=${text} min=${least ?? -FAR} max=${most ?? FAR} ?required=${required} .defaultValue=${before ?? ""} />`
      : html`<textarea name=${key} aria-label=${text} maxlength="4000" ?required=${required} .defaultValue=${before ?? ""}></textarea>`}
    ${item.low || item.high ? html`<p class="fine ends"><span>${item.low}</span><span>${item.high}</span></p>` : nothing}</fieldset>`;
}

/** The values of a question: one of them, several, or all in the order in which they are chosen. */
function choices({ key, values, way, required }: Item, before: string | undefined): TemplateResult {
  const chosen = before?.split(" ") ?? [];
  const scale = values.every(({ label }) => label.length < 3);
  return html`<div class=${scale && !way ? "scale" : "stack"}>${values.map(({ value, label }) => html`<label class="pick">
    <input type=${way ? "checkbox" : "radio"} name=${key} value=${value} ?required=${way ? way === "order" : required} ?checked=${chosen.includes(String(value))} />
    <span>${label}</span>${way === "order" ? html`<b class="place" .textContent=${rank(chosen.indexOf(String(value)))}></b>` : nothing}</label>`)}</div>`;
}

const rank = (at: number): string => (at < 0 ? "" : `${at + 1}.`);

/** An option of an order takes the next place when it is chosen; taken back, those after it move up. */
function place(event: Event): void {
  const question = event.currentTarget as HTMLFieldSetElement;
  const { value, checked } = event.target as HTMLInputElement;
  const order = (question.dataset.order ?? "").split(" ").filter((one) => one && one !== value).concat(checked ? value : []);
  question.dataset.order = order.join(" ");
  for (const box of question.querySelectorAll("input")) box.parentElement!.querySelector(".place")!.textContent = rank(order.indexOf(box.value));
}

/** Puts a form off: what has been answered so far is saved, and nobody sees it. */
async function later(host: Host, sheet: Sheet, form: HTMLFormElement): Promise<void> {
  if (sheet.kind === "help" || given(form).size === 0 || (await keep(host, sheet, form))) host.close();
}

/** Saves the answers so far. */
async function keep({ act, api }: Host, sheet: Exclude<Sheet, { kind: "help" }>, form: HTMLFormElement): Promise<unknown> {
  if (sheet.kind === "survey") {
    const path = { survey_id: sheet.of.survey.id, wave: sheet.of.wave };
    const texts = new Set(sheet.of.questions.filter((one) => one.kind === "text").map((one) => one.key));
    const body = { answers: [...given(form)].map(([key, value]) => (texts.has(key) ? { key, text: value } : { key, value: Number(value) })) };
    return act("response_put", () => api.call.PUT("/api/v1/responses/{survey_id}/{wave}", { params: { path }, body }));
  }
  sheet.attempt ??= await act("attempt_create", (headers) =>
    api.call.POST("/api/v1/assessments/{assessment_id}/attempts", { params: { path: { assessment_id: sheet.of.id } }, body: { phase: sheet.phase }, headers }));
  if (!sheet.attempt) return undefined;
  const path = { assessment_id: sheet.of.id, attempt_id: sheet.attempt.id };
  return act("attempt_patch", () => api.call.PATCH("/api/v1/assessments/{assessment_id}/attempts/{attempt_id}", {
    params: { path, header: { "If-Match": "*" } }, body: { answers: solved(sheet, form) } }));
}

/** Saves the answers, then hands them in; what has been saved is saved again if the second step fails. */
async function send(host: Host, sheet: Sheet, form: HTMLFormElement): Promise<void> {
  const { act, api, words: { answering } } = host;
  if (sheet.kind === "help") {
    const path = { help_request_id: sheet.of.id };
    const body = { answer: given(form).get("answer") ?? "" };
    if (await act("help_request_answer", (headers) =>
      api.call.POST("/api/v1/help-requests/{help_request_id}/answer", { params: { path }, body, headers }), answering.answered)) host.close();
    return;
  }
  if (!(await keep(host, sheet, form))) return;
  const done = sheet.kind === "survey"
    ? await act("response_submission", (headers) => api.call.POST("/api/v1/responses/{survey_id}/{wave}/submission",
        { params: { path: { survey_id: sheet.of.survey.id, wave: sheet.of.wave } }, headers }), answering.thanks)
    : await act("attempt_submission", (headers) => api.call.POST("/api/v1/assessments/{assessment_id}/attempts/{attempt_id}/submission",
        { params: { path: { assessment_id: sheet.of.id, attempt_id: sheet.attempt!.id } }, headers }), answering.thanks);
  if (done) host.close();
}
