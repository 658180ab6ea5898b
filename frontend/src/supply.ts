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

export function pictured(explained: Explanation, say: Say, format: Format): TemplateResult {
  // As wide as it is shown, so that texts keep their size.
  const width = Math.min(WIDEST, window.innerWidth - BESIDE);
  const level = judgedLevel(explained);
  const brings = bringsPerKwh(level) ?? 0;
  const own = level?.power_w ?? 0;
  const begins = explained.power_of_workers_before_w;
  const shownW = Math.max(own * 2.2, (begins + own) * 1.3, 500);
  const blocks = laidOut(explained.site.tranches, shownW);
  const prices = [...blocks.map(({ price }) => price), brings, 0];
  const [low, high] = [Math.min(...prices), Math.max(...prices, 0.01) * 1.12];
  const x = (watts: number) => LEFT + (watts / shownW) * (width - 2 * LEFT);
  const y = (price: number) =>
    HEIGHT - BOTTOM - ((price - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const words = {
    tranches: explained.site.tranches.map((one) => told(one, say, format)).join("; "),
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
      const [left, right] = [x(from), x(to)];
      const roomy = right - left > 54;
      return svg`
        <rect class="block ${kind}" x=${left + 1} width=${Math.max(1, right - left - 2)} y=${top}
          height=${Math.max(2, bottom - top)} rx="4" />
        ${roomy ? svg`<text class="on" x=${(left + right) / 2} y=${top - 5} text-anchor="middle">${format.price(price)}</text>` : ""}`;
    })}
    <rect class="own" x=${x(begins)} width=${Math.max(2, x(begins + own) - x(begins))} y=${TOP - 6}
      height=${HEIGHT - BOTTOM - TOP + 6} rx="6" />
    <text class="axis" x=${x(begins + own / 2)} y=${HEIGHT - 7} text-anchor="middle">${format.power(own)}</text>
    <line class="brings" x1=${LEFT} x2=${width - LEFT} y1=${y(brings)} y2=${y(brings)} />
    <text class="brings-text" x=${width - LEFT - 4} y=${y(brings) - 6} text-anchor="end">${say("why.brings", { bring: format.price(brings) })}</text>
  </svg>`;
}

export function told(tranche: Tranche, say: Say, format: Format): string {
  const [kind, price] = [kindOf(tranche, say), format.price(tranche.price_per_kwh)];
  return tranche.width_w === null
    ? say("why.tranche_open", { kind, price })
    : say("why.tranche", { kind, power: format.power(tranche.width_w), price });
}

function laidOut(tranches: readonly Tranche[], shownW: number) {
  let from = 0;
  return tranches.flatMap(({ kind, width_w: width, price_per_kwh: price }) => {
    const to = Math.min(shownW, width === null ? shownW : from + width);
    const block = { kind, from, to, price };
    from = to;
    return block.to > block.from ? [block] : [];
  });
}
