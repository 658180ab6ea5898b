/**
 * A decision as a picture: slices of supply as wide as their power and as high as their
 * price, with the line of what a kilowatt-hour brings. What stands below the line pays.
 */

import { html, svg, type TemplateResult } from "lit";

import type { Format } from "./format";
import { bringsPerKwh, type Tranche, type Worth } from "./sentence";
import type { Key, Say } from "./words";

/** What `solar_compute.explain` answers of one worker, as far as it is shown. */
export interface Explanation {
  readonly level: number;
  readonly power_w: number;
  readonly worth_per_h: number | null;
  readonly levels: readonly (Worth & { readonly level: number; readonly total: number | null })[];
  readonly supply_taken: readonly Tranche[];
  readonly power_of_workers_before_w: number;
  readonly would_start: { readonly surplus_w: number | null; readonly after_s: number | null } | null;
  readonly site: { readonly balance_w: number; readonly tranches: readonly Tranche[] };
}

const [WIDEST, HEIGHT, LEFT, TOP, BOTTOM] = [512, 190, 4, 22, 24];
/** What the dialog has beside the picture. */
const BESIDE = 72;
/** How wide the words at the line may be. */
const ROOM = 200;
/** And a price. */
const PRICE = 44;

/** The level that the decision is about: its own, or the best that it might take. */
export function judgedLevel({ level, levels, worth_per_h: worth }: Explanation) {
  const running = levels.filter((one) => one.level > 0);
  return (
    running.find((one) => one.level === level) ??
    running.find((one) => one.total !== null && one.total === worth) ??
    running[0]
  );
}

export function kindOf(tranche: Tranche, say: Say): string {
  return say(`why.kind.${tranche.kind}` as Key);
}

/** Marks a kind of supply by colour and by number, in the picture and in the list below it. */
export function numbered(index: number): string {
  return String(index + 1);
}

export function pictured(explained: Explanation, say: Say, format: Format): TemplateResult {
  // As wide as it is shown, so that texts keep their size.
  const width = Math.min(WIDEST, window.innerWidth - BESIDE);
  const level = judgedLevel(explained);
  const brings = bringsPerKwh(level) ?? 0;
  const own = level?.power_w ?? 0;
  const begins = explained.power_of_workers_before_w;
  const { tranches } = explained.site;
  const shownW = widthOf(tranches, begins, own);
  const blocks = laidOut(tranches, shownW);
  const prices = [...blocks.map(({ price }) => price), brings, 0];
  const [low, high] = [Math.min(...prices), Math.max(...prices, 0.01) * 1.12];
  const x = (watts: number) => LEFT + (watts / shownW) * (width - 2 * LEFT);
  const y = (price: number) =>
    HEIGHT - BOTTOM - ((price - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  // Before what is dearer than the line, where there is room for the words.
  const dearer = blocks.find(({ price }) => price > brings);
  const told = dearer && x(dearer.from) > ROOM ? x(dearer.from) : width - LEFT;
  const words = {
    tranches: tranches.map((one) => inWords(one, say, format)).join("; "),
    bring: format.price(brings),
  };
  return html`<svg
    class="supply"
    viewBox="0 0 ${width} ${HEIGHT}"
    role="img"
    aria-label=${say("why.supply_summary", words)}
  >
    ${blocks.map(({ kind, from, to, price }) => {
      const [top, bottom] = [y(Math.max(price, 0)), y(Math.min(price, 0))];
      return svg`<rect class="block ${kind}" x=${x(from) + 1} y=${top} rx="4"
        width=${Math.max(1, x(to) - x(from) - 2)} height=${Math.max(2, bottom - top)} />`;
    })}
    <rect class="own" x=${x(begins)} width=${Math.max(2, x(begins + own) - x(begins))} y=${TOP - 6}
      height=${HEIGHT - BOTTOM - TOP + 6} rx="6" />
    <text class="axis" x=${x(begins + own / 2)} y=${HEIGHT - 7}>${format.power(own)}</text>
    <line class="brings" x1=${LEFT} x2=${width - LEFT} y1=${y(brings)} y2=${y(brings)} />
    ${blocks.map(({ kind, index, from, to, price }) => {
      // Beside the frame of the worker where there is room, and off the line.
      const clear = from < begins + own && x(to) - x(begins + own) > PRICE ? begins + own : from;
      const [middle, room, top] = [x((clear + to) / 2), x(to) - x(clear), y(Math.max(price, 0))];
      const inside = y(0) - top > 40;
      return svg`
        ${room > PRICE ? svg`<text class="on" x=${middle} y=${top + (inside ? 16 : -5)}>${format.price(price)}</text>` : ""}
        ${room > 18 ? svg`<circle class="mark ${kind}" cx=${middle} cy=${y(0) - 12} r="8" />
          <text class="number" x=${middle} y=${y(0) - 8}>${numbered(index)}</text>` : ""}`;
    })}
    <text class="brings-text" x=${told - 6} y=${y(brings) - 6}>${say("why.brings", { bring: format.price(brings) })}</text>
  </svg>`;
}

/** So wide that all of the supply is in it, if what the worker takes of it stays to be seen. */
function widthOf(tranches: readonly Tranche[], begins: number, own: number): number {
  const known = tranches.reduce((sum, { width_w: width }) => sum + (width ?? 0), 0);
  const least = Math.max(own * 2.2, (begins + own) * 1.3, 500);
  return Math.max(least, Math.min(known * 1.2, (begins + own) * 12));
}

function inWords(tranche: Tranche, say: Say, format: Format): string {
  const [kind, price] = [kindOf(tranche, say), format.price(tranche.price_per_kwh)];
  return tranche.width_w === null
    ? say("why.tranche_open", { kind, price })
    : say("why.tranche", { kind, power: format.power(tranche.width_w), price });
}

function laidOut(tranches: readonly Tranche[], shownW: number) {
  let from = 0;
  return tranches.flatMap(({ kind, width_w: width, price_per_kwh: price }, index) => {
    const to = Math.min(shownW, width === null ? shownW : from + width);
    const block = { kind, index, from, to, price };
    from = to;
    return block.to > block.from ? [block] : [];
  });
}
