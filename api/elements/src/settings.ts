/* What all elements of a page share unless one is told otherwise. */
import type { Token } from "./client.js";

export interface Settings {
  /** Returns a bearer token for the signed-in person; called before every request. */
  token?: Token;
  /** Where the API is; by default, where the elements come from. */
  base: string;
  /** en or de; by default, the language of the page around an element. */
  language?: string;
  /** Seconds between two looks whether something has changed. */
  seconds: number;
}

export const settings: Settings = { base: new URL(import.meta.url).origin, seconds: 30 };

const watchers = new Set<() => void>();

/** Tells all elements, now and later, how to reach the API and in which language to speak. */
export function configure(given: Partial<Settings>): void {
  Object.assign(settings, given);
  announce();
}

/** Tells all elements that what they share has changed. */
export function announce(): void {
  for (const watcher of watchers) watcher();
}

/** Calls the function after each change of the settings; returns what ends that. */
export function onConfigure(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
