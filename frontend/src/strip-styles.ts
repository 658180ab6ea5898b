/** How the strip and its legend look. */

import { css } from "lit";

export const stripStyles = css`
  .strip {
    min-height: 176px;
  }
  .strip svg {
    display: block;
    overflow: visible;
    direction: ltr;
  }
  .strip text {
    font-size: 11px;
    fill: var(--secondary-text-color);
  }
  .sun-stop {
    stop-color: var(--sun);
  }
  .sun-fill {
    fill: var(--sun);
  }
  path.sun {
    fill: none;
    stroke: var(--sun);
    stroke-width: 1.6;
    stroke-linejoin: round;
  }
  path.expected {
    stroke-dasharray: 4 3;
  }
  line.tick,
  line.day {
    stroke: var(--divider-color);
    stroke-width: 1;
  }
  line.tick {
    stroke-dasharray: 1 4;
  }
  line.now {
    stroke: var(--primary-text-color);
    stroke-width: 1.2;
  }
  .strip .now-text {
    fill: var(--primary-text-color);
    font-weight: 500;
  }
  .lane {
    fill: var(--tint);
  }
  .ran {
    fill: var(--primary-color);
  }
  rect.planned {
    fill: color-mix(in srgb, var(--primary-color) 18%, transparent);
    stroke: var(--primary-color);
    stroke-width: 1.2;
    stroke-dasharray: 3 2;
  }
  rect.price {
    fill: var(--secondary-text-color);
  }
  path.heat {
    fill: none;
    stroke: var(--warm);
    stroke-width: 2;
    stroke-linejoin: round;
  }
  line.target {
    stroke: var(--warm);
    stroke-width: 1;
    stroke-dasharray: 2 4;
  }
  .heat-dot {
    fill: var(--warm);
  }
  .strip .unknown {
    font-style: italic;
    text-anchor: middle;
  }
  .strip .heat-text {
    fill: var(--primary-text-color);
    paint-order: stroke;
    stroke: var(--card-background-color, #fff);
    stroke-width: 3px;
  }

  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  .legend li {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .legend i {
    box-sizing: border-box;
    width: 14px;
    height: 10px;
    border-radius: 3px;
  }
  i.sun {
    background: color-mix(in srgb, var(--sun) 45%, transparent);
    border-top: 2px solid var(--sun);
  }
  i.expected {
    background: color-mix(in srgb, var(--sun) 20%, transparent);
    border-top: 2px dashed var(--sun);
  }
  i.spread {
    background: repeating-linear-gradient(
      -45deg,
      color-mix(in srgb, var(--sun) 60%, transparent) 0 2px,
      transparent 2px 5px
    );
  }
  i.ran {
    background: var(--primary-color);
  }
  i.planned {
    background: color-mix(in srgb, var(--primary-color) 18%, transparent);
    border: 1.2px dashed var(--primary-color);
  }
  .legend i.heat {
    height: 0;
    border-top: 2px solid var(--warm);
    border-radius: 0;
  }
  i.price {
    background: linear-gradient(
      90deg,
      color-mix(in srgb, var(--secondary-text-color) 12%, transparent),
      var(--secondary-text-color)
    );
  }
  @media (forced-colors: active) {
    .legend i {
      forced-color-adjust: none;
    }
  }
`;
