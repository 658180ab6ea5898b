/**
 * The words of the screen in the user's language; English where there are none.
 *
 * A language is fetched when it is first asked for. Until it is there, English stands in;
 * then everybody who listens is told.
 */

import { en } from "./en";

export type Key = keyof typeof en;
export type Words = Readonly<Record<Key, string>>;
export type Say = (key: Key, values?: Readonly<Record<string, string>>) => string;

const LANGUAGES: Readonly<Record<string, () => Promise<Words>>> = {
  de: async () => (await import("./de")).de,
};

const known = new Map<string, Words>([["en", en]]);
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
  if (known.has(name)) return;
  try {
    known.set(name, await LANGUAGES[name]!());
    listeners.forEach((listener) => listener());
  } catch {
    // English stands in until the next page.
  }
}

/** What says a text in a language, with its braces filled in. */
export function wordsFor(language: string): Say {
  const words = known.get(nameOf(language));
  if (!words) void fetchWords(language);
  return (key, values = {}) =>
    (words ?? en)[key].replace(/\{(\w+)\}/g, (braces, name: string) => values[name] ?? braces);
}

export function capitalised(text: string, language: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

function nameOf(language: string): string {
  return [language, language.split("-")[0] ?? ""].find((name) => name in LANGUAGES) ?? "en";
}
