/**
 * Numbers, times and money as the user reads them: by the profile's language, number
 * format, clock and time zone, and the home's currency.
 */

import type { HomeAssistant, Locale } from "./types";

/** The languages that write numbers as a profile may ask for. */
const NUMBERS: Readonly<Record<string, string[] | undefined>> = {
  comma_decimal: ["en-US"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
  none: ["en-US"],
  system: undefined,
};

/** As wide as a plus, unlike the hyphen of the keyboard. */
const MINUS = "\u2212";

const HOUR_CYCLES: Readonly<Record<string, boolean>> = { "12": true, "24": false };

export class Format {
  readonly #locale: Locale;
  readonly #currency: string;
  readonly #degree: string;
  readonly #zone: string | undefined;
  readonly #numbers: string | string[] | undefined;

  constructor(hass: HomeAssistant) {
    this.#locale = hass.locale;
    this.#currency = hass.config.currency;
    this.#degree = hass.config.unit_system.temperature;
    this.#zone = hass.locale.time_zone === "server" ? hass.config.time_zone : undefined;
    const { number_format: format, language } = hass.locale;
    this.#numbers = format in NUMBERS ? NUMBERS[format] : language;
  }

  number(value: number, digits = 0): string {
    return this.#number(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  /** W below a kilowatt, kW above. */
  power(watts: number): string {
    return Math.abs(watts) < 1000
      ? `${this.number(watts)} W`
      : `${this.number(watts / 1000, 1)} kW`;
  }

  energy(kwh: number): string {
    return `${this.number(kwh, Math.abs(kwh) < 10 ? 2 : 1)} kWh`;
  }

  percent(value: number): string {
    return this.#number(value / 100, { style: "percent", maximumFractionDigits: 0 });
  }

  /** In the unit of the home, as it is measured there. */
  temperature(degrees: number): string {
    return `${this.number(degrees)}\u00a0${this.#degree}`;
  }

  /** Of degrees Celsius, in the unit of the home. */
  celsius(degrees: number): string {
    return this.temperature(this.#degree.includes("F") ? degrees * 1.8 + 32 : degrees);
  }

  money(value: number): string {
    return this.#number(value, { style: "currency", currency: this.#currency });
  }

  /** A price of a kilowatt-hour: tenths of a cent only where there are few cents. */
  price(value: number): string {
    return this.exact(value, 2, Math.abs(value) < 0.1 ? 3 : 2);
  }

  /** Money to the tenth of a cent. */
  exact(value: number, atLeast = 3, atMost = 3): string {
    return this.#number(value, {
      style: "currency",
      currency: this.#currency,
      minimumFractionDigits: atLeast,
      maximumFractionDigits: atMost,
    });
  }

  duration(seconds: number): string {
    const minutes = Math.max(1, Math.round(seconds / 60));
    const unit = (value: number, name: "hour" | "minute") =>
      this.#number(value, { style: "unit", unit: name, unitDisplay: "short" });
    const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
    if (!hours) return unit(minutes, "minute");
    return rest ? `${unit(hours, "hour")} ${unit(rest, "minute")}` : unit(hours, "hour");
  }

  time(moment: Date): string {
    return this.#date(moment, { hour: "numeric", minute: "2-digit", ...this.#clock() });
  }

  hour(moment: Date): string {
    const clock = this.#clock();
    return clock.hour12 === true || this.time(moment).match(/[ap]\.?m/i)
      ? this.#date(moment, { hour: "numeric", ...clock })
      : this.#date(moment, { hour: "2-digit", minute: "2-digit", ...clock });
  }

  weekday(moment: Date): string {
    return this.#date(moment, { weekday: "short" });
  }

  /** The time alone if it is the same day as `now`, else with the day of the week. */
  moment(moment: Date, now: Date): string {
    const day = { day: "numeric", month: "numeric" } as const;
    const time = this.time(moment);
    return this.#date(moment, day) === this.#date(now, day)
      ? time
      : `${this.weekday(moment)} ${time}`;
  }

  /** Hours and minutes since midnight where the user is. */
  sinceMidnight(moment: Date): number {
    const parts = new Intl.DateTimeFormat("en-GB", {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone: this.#zone,
    }).formatToParts(moment);
    const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
    return part("hour") * 60 + part("minute");
  }

  #clock(): { hour12?: boolean } {
    const hour12 = HOUR_CYCLES[this.#locale.time_format];
    return hour12 === undefined ? {} : { hour12 };
  }

  #number(value: number, options: Intl.NumberFormatOptions): string {
    const format = new Intl.NumberFormat(this.#numbers, {
      ...options,
      // What rounds to nothing has no sign.
      signDisplay: "negative",
      useGrouping: this.#locale.number_format !== "none",
    } as Intl.NumberFormatOptions);
    return format
      .formatToParts(value)
      .map((part) => (part.type === "minusSign" ? MINUS : part.value))
      .join("");
  }

  #date(moment: Date, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.#locale.language, {
      ...options,
      timeZone: this.#zone,
    }).format(moment);
  }
}
