/** The figures of the day: what there is, what it is for, and what it brought. */

import type { Format } from "./format";
import {
  type Home,
  idOf,
  type Sink,
  stateOf,
  targetOf,
  temperatureOf,
  todayOf,
  nameOf,
  type Worker,
} from "./house";
import type { HomeAssistant } from "./types";
import type { Say } from "./words";

export interface Figure {
  readonly label: string;
  readonly value: string;
  /** What tapping it tells more of. */
  readonly entity: string;
  /** It is money, so tapping it asks what if. */
  readonly money?: boolean;
}

export function figuresOf(
  hass: HomeAssistant,
  home: Home,
  workers: readonly Worker[],
  sink: Sink | undefined,
  say: Say,
  format: Format,
): readonly Figure[] {
  const surplus = stateOf(hass, home.device, "surplus");
  const figures: (Figure | undefined)[] = [
    surplus && {
      label: say("figure.surplus"),
      value: hass.formatEntityState(surplus),
      entity: surplus.entity_id,
    },
    sink && warmth(hass, sink, say, format),
    counted(hass, [home.device], "solar_share", (value) => format.percent(value), say("figure.solar_share")),
    gain(hass, workers, say, format),
    home.sinks.length
      ? counted(hass, [home.device], "useful_heat", (value) => format.energy(value), say("figure.heat"))
      : undefined,
    counted(
      hass,
      workers.map(({ device }) => device),
      "energy",
      (value) => format.energy(value),
      say("figure.energy"),
    ),
  ];
  return figures.filter((figure) => figure !== undefined);
}

function warmth(hass: HomeAssistant, sink: Sink, say: Say, format: Format): Figure | undefined {
  const [entity] = sink.temperatures;
  if (!entity) return undefined;
  const temperature = temperatureOf(hass, sink);
  const now = temperature === undefined ? "–" : format.number(temperature, 1);
  const target = format.temperature(targetOf(hass, sink));
  return { label: nameOf(hass, sink.device), value: say("figure.to_target", { now, target }), entity };
}

/** What value less cost was today, of all workers that are shown. */
function gain(
  hass: HomeAssistant,
  workers: readonly Worker[],
  say: Say,
  format: Format,
): Figure | undefined {
  const entity = workers.map(({ device }) => idOf(hass, device, "value")).find((id) => id);
  if (!entity) return undefined;
  const sum = (key: string) =>
    workers.reduce((total, { device }) => total + (todayOf(stateOf(hass, device, key)) ?? 0), 0);
  const value = format.money(sum("value") - sum("cost"));
  return { label: say("figure.gain"), value, entity, money: true };
}

function counted(
  hass: HomeAssistant,
  devices: readonly string[],
  key: string,
  text: (value: number) => string,
  label: string,
): Figure | undefined {
  const states = devices.map((device) => stateOf(hass, device, key)).filter((one) => one !== undefined);
  const [first] = states;
  if (!first) return undefined;
  const values = states.map(todayOf).filter((value) => value !== undefined);
  const value = values.length ? text(values.reduce((a, b) => a + b, 0)) : "–";
  return { label, value, entity: first.entity_id };
}
