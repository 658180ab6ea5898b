/**
 * The words of the screen in the user's language; English where there are none.
 *
 * A language is a file that is fetched when it is first asked for. Until it is there,
 * nothing is said; then everybody who listens is told.
 */

import type { en } from "./en";

export type Key = keyof typeof en;
export type Words = Readonly<Record<Key, string>>;
/** Says a text with its braces filled in; nothing for a key that it has not. */
export type Say = (key: Key, values?: Readonly<Record<string, string>>) => string;

const LANGUAGES: Readonly<Record<string, () => Promise<Words>>> = {
  en: async () => (await import("./en")).en,
  de: async () => (await import("./de")).de,
  fr: async () => (await import("./fr")).fr,
  nl: async () => (await import("./nl")).nl,
  es: async () => (await import("./es")).es,
  it: async () => (await import("./it")).it,
  sv: async () => (await import("./sv")).sv,
};

const known = new Map<string, Words>();
const fetching = new Map<string, Promise<void>>();
const listeners = new Set<() => void>();

/** Call `listener` whenever there is another language; returns the end of it. */
export function onWords(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Return once the words of a language such as `de` or `de-CH` are there, if there are any. */
export function fetchWords(language: string): Promise<void> {
  const name = nameOf(language);
  let fetched = fetching.get(name);
  if (!fetched) {
    fetched = fetchFile(name);
    fetching.set(name, fetched);
  }
  return fetched;
}

async function fetchFile(name: string): Promise<void> {
  try {
    known.set(name, await LANGUAGES[name]!());
    listeners.forEach((listener) => listener());
  } catch {
    // English stands in until the next page.
    if (name !== "en") await fetchWords("en");
  }
}

/** What says a text in a language. */
export function wordsFor(language: string): Say {
  const name = nameOf(language);
  const words = known.get(name) ?? known.get("en");
  if (!known.has(name)) void fetchWords(name);
  return (key, values = {}) =>
    (words?.[key] ?? "").replace(/\{(\w+)\}/g, (braces, name: string) => values[name] ?? braces);
}

export function capitalised(text: string, language: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

function nameOf(language: string): string {
  return [language, language.split("-")[0] ?? ""].find((name) => name in LANGUAGES) ?? "en";
}
