/*
 * A long list one page at a time, by cursor: however long it is, the browser holds a few dozen rows, and a
 * page that was seen is read anew, since the list may have changed.
 */
import { html, nothing, type TemplateResult } from "lit";
import { data, type Reply } from "./client.js";
import type { Words } from "./words.js";

interface Page<T> { items: T[]; next_cursor: string | null }
type Read<T> = (query: { limit: number; cursor?: string }) => Promise<Reply<Page<T>>>;

export const ROWS = 25;

export class Pages<T> {
  rows: T[] = [];
  private next: string | null = null;
  /** Where each page up to the one shown begins. */
  private begins: (string | undefined)[] = [undefined];

  constructor(
    private readonly read: Read<T>,
    private readonly changed: () => void,
  ) {}

  /** Reads the page shown again; the one before it if nothing is left on it. */
  async look(): Promise<void> {
    const cursor = this.begins.at(-1);
    const page = data(await this.read({ limit: ROWS, ...(cursor ? { cursor } : {}) }));
    if (page.items.length === 0 && this.begins.length > 1) {
      this.begins.pop();
      return this.look();
    }
    this.rows = page.items;
    this.next = page.next_cursor;
    this.changed();
  }

  /** Reads the first page, of a list that is now asked for in another way. */
  restart(): Promise<void> {
    this.begins = [undefined];
    return this.look();
  }

  private async forward(): Promise<void> {
    this.begins.push(this.next!);
    await this.look();
  }

  private async back(): Promise<void> {
    this.begins.pop();
    await this.look();
  }

  /** The way to other pages, if there are any. `shown` moves the focus to the first row. */
  turn(words: Words, name: string, shown: () => void): TemplateResult | typeof nothing {
    const number = this.begins.length;
    if (number === 1 && !this.next) return nothing;
    return html`<nav class="row between" aria-label=${name}>
      <button class="button" ?disabled=${number === 1} @click=${() => void this.back().then(shown)}>${words.pages.back}</button>
      <span class="fine" role="status">${words.pages.number(number)}</span>
      <button class="button" ?disabled=${!this.next} @click=${() => void this.forward().then(shown)}>${words.pages.next}</button></nav>`;
  }
}
