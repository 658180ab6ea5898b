import { equal } from "node:assert/strict";
import { test } from "node:test";

import { Format } from "../src/format";
import { german, hass } from "./home";

const NOON = new Date("2026-06-19T10:05:00Z");

/** Intl separates with spaces that do not break. */
function plain(text: string): string {
  return text.replace(/\s/g, " ");
}

test("numbers, money and units follow the language", () => {
  const [english, ours] = [new Format(hass), new Format(german())];
  equal(english.power(1234), "1.2 kW");
  equal(ours.power(1234), "1,2 kW");
  equal(english.power(640), "640 W");
  equal(english.money(1.5), "€1.50");
  equal(plain(ours.money(1.5)), "1,50 €");
  equal(plain(ours.percent(91.4)), "91 %");
});

test("the number format of the profile goes before the language", () => {
  equal(new Format(german({ number_format: "comma_decimal" })).number(1234.5, 1), "1,234.5");
  equal(new Format({ ...hass, locale: { ...hass.locale, number_format: "decimal_comma" } }).number(1234.5, 1), "1.234,5");
});

test("the clock and the time zone are those of the profile", () => {
  equal(new Format(hass).time(NOON), "12:05");
  const american = { ...hass, locale: { ...hass.locale, time_format: "12" } };
  equal(plain(new Format(american).time(NOON)), "12:05 PM");
  equal(new Format(hass).sinceMidnight(NOON), 725);
});

test("another day is named", () => {
  const format = new Format(hass);
  equal(format.moment(NOON, new Date("2026-06-19T20:00:00Z")), "12:05");
  equal(format.moment(NOON, new Date("2026-06-18T20:00:00Z")), "Fri 12:05");
});

test("a sum that rounds to nothing has no sign, and small prices have their tenths", () => {
  const format = new Format(hass);
  equal(format.money(-0.001), "€0.00");
  equal(format.price(0.0834), "€0.083");
  equal(format.price(0.3149), "€0.31");
});

test("what costs has a real minus, and degrees have the unit of the home", () => {
  equal(new Format(hass).exact(-0.032), "\u2212€0.032");
  const fahrenheit = { ...hass, config: { ...hass.config, unit_system: { temperature: "°F" } } };
  equal(plain(new Format(fahrenheit).celsius(55)), "131 °F");
  equal(plain(new Format(hass).celsius(55)), "55 °C");
});

test("thousands are not grouped where the profile says so", () => {
  const none = { ...hass, locale: { ...hass.locale, number_format: "none" } };
  equal(new Format(none).number(12345), "12345");
});

test("durations are in hours and minutes", () => {
  const format = new Format(hass);
  equal(format.duration(20), "1 min");
  equal(format.duration(3600), "1 hr");
  equal(format.duration(9600), "2 hr 40 min");
});
