/** Every reason that there is, in every language that there is. */

import { equal, match, ok } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { Format } from "../src/format";
import { sentence } from "../src/sentence";
import { fetchWords, wordsFor } from "../src/words";
import { hass, reasonOf } from "./home";

const LANGUAGES = ["en", "de", "fr", "nl", "es", "it", "sv"];
const KINDS = ["curtailed", "export", "yielding", "battery_charge", "battery_discharge", "import"];
const LONGEST = 125;

async function reasonsOf(language: string): Promise<Record<string, string>> {
  const file = `../custom_components/solar_compute/translations/${language}.json`;
  return JSON.parse(await readFile(file, "utf8")).entity.sensor.reason.state;
}

/** What is brought is per kWh, at a kilowatt. */
function worth(compute: number, heat: number) {
  return { power_w: 1000, compute, heat, job: 0, cooling: 0, supply: 0.1 };
}

for (const language of LANGUAGES) {
  await fetchWords(language);
  const texts = await reasonsOf(language);
  const home = {
    ...hass,
    language,
    locale: { ...hass.locale, language },
    formatEntityState: ({ state }: { state: string }) => texts[state] ?? state,
  };
  const told = (state: string, attributes: object = {}) => {
    const reason = reasonOf(state, attributes);
    return sentence(home, reason, wordsFor(language), new Format(home));
  };

  test(`every reason is a short sentence without the state, in ${language}`, () => {
    for (const state of Object.keys(texts)) {
      const text = told(state, { details: { remaining_s: 5400 }, starts_after_s: 300 });
      ok(text.length > 5 && text.length <= LONGEST, text);
      match(text, /^[\p{Lu}]/u);
      ok(!/[{}_]|undefined|NaN/.test(text), text);
      if (!state.startsWith("would_")) ok(!text.startsWith("Paused"), text);
    }
  });

  test(`every kind of supply has a sentence with both prices, in ${language}`, () => {
    for (const kind of KINDS) {
      for (const [state, price] of [["worth_it", 0.05], ["not_worth_it", 0.4]] as const) {
        if (kind === "curtailed" && state === "not_worth_it") continue;
        for (const made of [worth(0.15, 0), worth(0, 0.15), worth(0.1, 0.05)]) {
          const tranches = [{ kind, width_w: 1000, price_per_kwh: price }];
          const text = told(state, { tranches, worth: made });
          ok(text.length <= LONGEST, `${text.length}: ${text}`);
          const [bring, cost] = [new Format(home).price(0.15), new Format(home).price(price)];
          ok(text.includes(bring), text);
          if (kind !== "curtailed") ok(text.includes(cost), text);
          equal(/[{}]/.test(text), false);
        }
      }
    }
  });
}
