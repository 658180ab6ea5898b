/** How the card looks: the colours of the theme, and the room that there is. */

import { css } from "lit";

export const styles = css`
  :host {
    display: block;
    --sun: var(--energy-solar-color, #ff9800);
    --warm: var(--red-color, #e53935);
    --tint: color-mix(in srgb, var(--primary-text-color) 7%, transparent);
    --corner: var(--ha-border-radius-lg, 12px);
  }
  ha-card {
    display: flex;
    flex-direction: column;
    gap: 14px;
    box-sizing: border-box;
    height: 100%;
    padding: 16px;
    overflow: hidden;
    container-type: inline-size;
  }
  button {
    font: inherit;
    color: inherit;
    text-align: start;
    border: none;
    background: none;
    cursor: pointer;
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 1px;
  }
  h2,
  p,
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .message {
    padding: 8px 0;
    color: var(--secondary-text-color);
  }
  .waiting {
    height: 380px;
  }
  .head {
    display: flex;
    gap: 14px;
  }
  .head.alone {
    align-items: center;
  }
  .badge {
    flex: none;
    display: grid;
    place-items: center;
    width: 48px;
    height: 48px;
    border-radius: 50%;
    --look: var(--state-inactive-color, #9e9e9e);
    color: var(--look);
    background: color-mix(in srgb, var(--look) 18%, transparent);
  }
  .badge.good {
    --look: var(--success-color, #43a047);
  }
  .badge.bad {
    --look: var(--error-color, #db4437);
  }
  .told {
    min-width: 0;
    flex: 1;
  }
  h2 {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    column-gap: 8px;
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.3;
  }
  .name {
    font-size: var(--ha-font-size-m, 14px);
    font-weight: var(--ha-font-weight-normal, 400);
    color: var(--secondary-text-color);
  }
  .stale {
    filter: grayscale(1);
    opacity: 0.6;
  }
  .reason {
    position: relative;
    display: block;
    margin: 0 -6px;
    padding: 4px 6px;
    border-radius: 8px;
    font-size: var(--ha-font-size-m, 14px);
    line-height: 1.4;
  }
  /* Words of another direction than the page keep their order. */
  .reason,
  .next {
    unicode-bidi: plaintext;
    text-align: -webkit-match-parent;
    text-align: match-parent;
  }
  /* A finger needs 44 px, one line has 28. */
  .reason::after {
    content: "";
    position: absolute;
    inset: -8px 0;
  }
  @media (hover: hover) {
    .reason:hover,
    .figure:hover {
      background: var(--tint);
    }
  }
  .more {
    white-space: nowrap;
    text-decoration: underline;
    text-decoration-color: var(--primary-color);
    text-underline-offset: 3px;
  }
  .next {
    font-size: var(--ha-font-size-m, 14px);
    line-height: 1.4;
    color: var(--secondary-text-color);
  }
  .workers {
    display: grid;
    gap: 4px 24px;
  }
  .workers li {
    padding: 8px 0;
    border-top: 1px solid var(--divider-color);
  }
  .row {
    display: flex;
    justify-content: space-between;
    gap: 12px;
  }
  .row strong {
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(2, 1fr);
    gap: 4px;
    margin: 0 -8px;
  }
  .figure {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 44px;
    padding: 4px 8px;
    border-radius: var(--corner);
  }
  .label {
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.4;
    color: var(--secondary-text-color);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .value {
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .figure .more {
    font-size: var(--ha-font-size-s, 12px);
  }
  @container (min-width: 420px) {
    .figures {
      grid-template-columns: repeat(var(--some), 1fr);
    }
  }
  @container (min-width: 660px) {
    .figures {
      grid-template-columns: repeat(var(--all), 1fr);
    }
  }
  @container (min-width: 600px) {
    .workers {
      grid-template-columns: repeat(2, 1fr);
    }
  }

  .modes {
    display: flex;
    min-height: 44px;
    margin-top: auto;
    border-radius: var(--corner);
    background: var(--tint);
    overflow: hidden;
  }
  .modes button {
    flex: 1;
    padding: 0 8px;
    border-radius: var(--corner);
    text-align: center;
  }
  .modes button[aria-checked="true"] {
    font-weight: var(--ha-font-weight-medium, 500);
    background: color-mix(in srgb, var(--primary-color) 28%, var(--card-background-color, #fff));
  }
  .modes button:focus-visible {
    outline-offset: -2px;
  }
  @media (forced-colors: active) {
    .modes button[aria-checked="true"] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .modes button,
    .badge {
      transition: background-color 0.2s;
    }
  }
`;
