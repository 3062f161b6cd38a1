/* The languages that the elements speak. English is the measure: other catalogues have its shape. */
import { de } from "./words/de.js";
import { en } from "./words/en.js";

type Shape<T> = { [K in keyof T]: T[K] extends string ? string : T[K] extends (...given: infer A) => string ? (...given: A) => string : Shape<T[K]> };
export type Words = Shape<typeof en>;

const CATALOGUES: Record<string, Words> = { en, de };

/** The catalogue of a language tag; English for a language that there is none of. */
export function wordsFor(language: string): Words {
  return CATALOGUES[language.slice(0, 2).toLowerCase()] ?? en;
}

/** A word of a catalogue by its code; a code that is not known is shown as it is. */
export function word(group: Record<string, string>, code: string): string {
  return group[code] ?? code.replaceAll("_", " ");
}

/** A day, as “Monday, 4 January”. */
export function day(words: Words, at: string | Date, zone?: string): string {
  const date = typeof at === "string" && at.length === 10 ? new Date(`${at}T12:00:00Z`) : new Date(at);
  const options: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
  return date.toLocaleDateString(words.locale, zone ? { ...options, timeZone: zone } : options);
}

/** A day that may be far away, with its year. */
export function date(words: Words, at: string): string {
  const from = at.length === 10 ? new Date(`${at}T12:00:00Z`) : new Date(at);
  return from.toLocaleDateString(words.locale, { day: "numeric", month: "short", year: "numeric" });
}

/** The hour of an instant, in a time zone or in that of the browser. */
export function hour(words: Words, at: string, zone?: string): string {
  return new Date(at).toLocaleTimeString(words.locale, { hour: "2-digit", minute: "2-digit", ...(zone ? { timeZone: zone } : {}) });
}

/** “Europe/London” as people say it. */
export function place(zone: string): string {
  return zone.split("/").at(-1)!.replaceAll("_", " ");
}

/** Several words as one enumeration: “A, B and C”. */
export function list(words: Words, items: string[]): string {
  return new Intl.ListFormat(words.locale, { type: "conjunction" }).format(items);
}

/** The name of a language by its tag. */
export function languageName(words: Words, tag: string): string {
  return new Intl.DisplayNames([words.locale], { type: "language" }).of(tag) ?? tag;
}
