/**
 * Why a worker is at its level, as one plain sentence with the prices that decided it.
 *
 * Sentences of our own are for decisions of money. For all others Home Assistant has the
 * words of the entity, in every language.
 */

import type { Format } from "./format";
import type { EntityState, HomeAssistant } from "./types";
import { capitalised, type Key, type Say } from "./words";

export interface Worth {
  readonly power_w: number | null;
  readonly compute: number | null;
  readonly heat: number | null;
  readonly job: number | null;
  readonly cooling: number | null;
  readonly supply: number | null;
  readonly total?: number | null;
}

export interface Tranche {
  readonly kind: string;
  readonly width_w: number | null;
  readonly price_per_kwh: number;
}

/** What a kilowatt-hour brings at a level; undefined for one that draws nothing. */
export function bringsPerKwh(worth: Worth | null | undefined): number | undefined {
  if (!worth?.power_w) return undefined;
  const perHour =
    (worth.compute ?? 0) + (worth.heat ?? 0) + (worth.job ?? 0) - (worth.cooling ?? 0);
  return perHour / (worth.power_w / 1000);
}

export function sentence(hass: HomeAssistant, reason: EntityState, say: Say, format: Format): string {
  const ours = ofMoney(reason, say, format) ?? ofTime(reason, say, format);
  if (ours) return capitalised(ours, hass.language);
  const text = hass.formatEntityState(reason);
  // In shadow mode it says what it would do, which the headline does not.
  if (reason.state.startsWith("would_")) return text;
  // "Paused: its mode is off", below a headline that says "Paused" already.
  const told = capitalised(text.replace(/^[^:]{1,20}:\s+/, ""), hass.language);
  // Of several guards of a kind, the one that it is, as the user has called it.
  const { guard } = reason.attributes.details ?? {};
  return typeof guard === "string" ? `${told} (${guard})` : told;
}

function ofMoney(reason: EntityState, say: Say, format: Format): string | undefined {
  const verb = { worth_it: "run", not_worth_it: "not" }[reason.state];
  const tranches: readonly Tranche[] = reason.attributes.tranches ?? [];
  const worth: Worth | null = reason.attributes.worth;
  const bring = bringsPerKwh(worth);
  if (!verb || !worth || bring === undefined || !tranches.length) return undefined;
  const tranche = verb === "run" ? widest(tranches) : dearest(tranches);
  const pays = tranche.price_per_kwh < bring;
  if (pays !== (verb === "run")) return undefined;
  return say(`${verb}.${tranche.kind}` as Key, {
    price: format.price(tranche.price_per_kwh),
    bring: format.price(bring),
    as: say(madeOfIt(worth)),
  });
}

function madeOfIt({ compute, job, heat }: Worth): Key {
  if (!heat || heat <= 0) return "as.work";
  return (compute ?? 0) + (job ?? 0) > 0 ? "as.both" : "as.heat";
}

function ofTime(reason: EntityState, say: Say, format: Format): string | undefined {
  const { details, starts_after_s: after } = reason.attributes;
  const remaining = details?.remaining_s;
  const time = (seconds: unknown, key: Key) =>
    typeof seconds === "number" && seconds > 0
      ? say(key, { time: format.duration(seconds) })
      : undefined;
  switch (reason.state) {
    case "waiting_to_start":
      return time(after, "wait.start");
    case "minimum_pause":
      return time(remaining, "wait.pause");
    case "minimum_run":
      return time(remaining, "wait.run");
    case "override_run":
      return time(remaining, "wait.asked_run");
    case "override_pause":
      return time(remaining, "wait.asked_pause");
    default:
      return undefined;
  }
}

function widest(tranches: readonly Tranche[]): Tranche {
  return tranches.reduce((best, one) => ((one.width_w ?? 0) > (best.width_w ?? 0) ? one : best));
}

function dearest(tranches: readonly Tranche[]): Tranche {
  return tranches.reduce((best, one) => (one.price_per_kwh > best.price_per_kwh ? one : best));
}
