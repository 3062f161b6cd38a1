/*
 * What the API says in English, in the person's language: a catalogue beside this module, loaded when somebody first
 * needs it. A sentence that it does not have stays English, and is marked so, for whoever has it read out.
 */
import { announce } from "./settings.js";
import type { Words } from "./words.js";

/** A catalogue as the build makes it of api/texts_<language>.yaml. */
interface Catalogue {
  texts: Record<string, string>;
  /** Sentences with figures or names in them: {…} stands for what differs. */
  patterns: [string, string][];
  /** How each report is made. */
  methods: Record<string, string>;
  /** What each kind of notification says; in English too, since the API gives the kind alone. */
  notifications: Record<string, string>;
}
interface Ready extends Catalogue {
  rules: { english: RegExp; names: string[]; other: string }[];
}

const PLACE = /\{([a-z_]+)\}/g;
const catalogues = new Map<string, Ready>();
const asked = new Set<string>();

async function load(code: string): Promise<void> {
  try {
    const { default: found } = (await import(new URL(`./texts.${code}.js`, import.meta.url).href)) as { default: Catalogue };
    const rules = found.patterns.map(([english, other]) => ({
      english: new RegExp(`^${english.split(PLACE).map((part, at) => (at % 2 ? "(.+?)" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))).join("")}$`),
      names: [...english.matchAll(PLACE)].map((place) => place[1]!), other,
    }));
    catalogues.set(code, { ...found, rules });
    announce();
  } catch {
    asked.delete(code); // it is asked for again with the next sentence
  }
}

/** The catalogue of a language, if it has arrived; the first call sends for it. */
export function catalogueOf({ code }: Words): Ready | undefined {
  if (!asked.has(code)) {
    asked.add(code);
    void load(code);
  }
  return catalogues.get(code);
}

const figure = (words: Words, text: string): string => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text).toLocaleString(words.locale) : text);

function sentence(words: Words, { texts, rules }: Ready, text: string): string | undefined {
  if (texts[text]) return texts[text];
  for (const { english, names, other } of rules) {
    const found = english.exec(text);
    if (found) return other.replace(PLACE, (_, name: string) => figure(words, found[names.indexOf(name) + 1]!));
  }
  return undefined;
}

/** What the API says, in the language of the words; undefined where that has no such sentence. */
export function translated(words: Words, text: string): string | undefined {
  const catalogue = catalogueOf(words);
  if (!catalogue) return undefined;
  const whole = sentence(words, catalogue, text);
  if (whole) return whole;
  const parts = text.split(/(?<=\.) (?=[A-Z])/).map((part) => sentence(words, catalogue, part));
  return parts.length > 1 && parts.every(Boolean) ? parts.join(" ") : undefined;
}
