/* Small pieces of page that several elements show. */
import { html, nothing, type TemplateResult } from "lit";
import type { Schemas } from "./client.js";

type Card = Schemas["Card"];

const TINTS = 5;

/** The same person always has the same tint. */
function tint(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return sum % TINTS;
}

/** A person's initials on their tint: no picture is loaded from another host. */
export function avatar(card: Card, size: "" | "large" | "small" = ""): TemplateResult {
  const names = card.display_name.split(/\s+/);
  const initials = [names[0], names.length > 1 ? names.at(-1) : ""].map((name) => (name ? [...name][0] : "")).join("");
  return html`<span class="avatar t${tint(card.id)} ${size}" aria-hidden="true">${initials.toUpperCase()}</span>`;
}

/** “Analyst · Finance · Berlin”. */
export function position(card: Card): string {
  return [card.title, card.department, card.location].filter(Boolean).join(" · ");
}

export function person(card: Card, size: "" | "large" | "small" = ""): TemplateResult {
  return html`<div class="person">${avatar(card, size)}
    <div><strong>${card.display_name}</strong><span class="fine">${position(card)}</span></div></div>`;
}

export function chips(items: readonly string[], kind = ""): TemplateResult | typeof nothing {
  if (items.length === 0) return nothing;
  return html`<ul class="chips">${items.map((item) => html`<li class="chip ${kind}">${item}</li>`)}</ul>`;
}

/** The values of a form by name; an empty field is null. */
export function values(form: HTMLFormElement): Record<string, string | null> {
  const all: Record<string, string | null> = {};
  for (const [name, value] of new FormData(form)) all[name] = String(value).trim() || null;
  return all;
}
