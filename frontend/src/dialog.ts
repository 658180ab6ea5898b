/**
 * What both dialogs of the card have in common: the browser's own modal dialog, which
 * keeps the focus, closes on Escape, and gives the focus back.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import { Format } from "./format";
import type { HomeAssistant } from "./types";
import { type Say, wordsFor } from "./words";

export abstract class CardDialog extends LitElement {
  static override properties = { hass: { attribute: false }, shown: { state: true } };

  declare hass: HomeAssistant;
  declare protected shown: boolean;

  constructor() {
    super();
    this.shown = false;
  }

  protected abstract readonly heading: string;
  protected abstract content(say: Say, format: Format): TemplateResult;

  async open(): Promise<void> {
    this.shown = true;
    await this.updateComplete;
    this.renderRoot.querySelector("dialog")?.showModal();
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.shown) return nothing;
    const say = wordsFor(this.hass.language);
    return html`
      <dialog
        aria-labelledby="heading"
        @close=${() => (this.shown = false)}
        @click=${(event: Event) => {
          // Beside it.
          if (event.target === event.currentTarget) this.close();
        }}
      >
        <div class="page">
          <header>
            <h2 id="heading">${this.heading}</h2>
            <button class="icon" aria-label=${say("why.close")} @click=${() => this.close()}>
              <ha-icon icon="mdi:close"></ha-icon>
            </button>
          </header>
          ${this.content(say, new Format(this.hass))}
        </div>
      </dialog>
    `;
  }

  protected close(): void {
    this.renderRoot.querySelector("dialog")?.close();
  }

  static override styles = [
    css`
      dialog {
        box-sizing: border-box;
        width: min(560px, calc(100vw - 24px));
        max-height: calc(100dvh - 32px);
        padding: 0;
        border: none;
        border-radius: var(--ha-dialog-border-radius, var(--ha-card-border-radius, 24px));
        background: var(--ha-dialog-surface-background, var(--card-background-color, #fff));
        color: var(--primary-text-color);
        box-shadow: 0 8px 40px rgb(0 0 0 / 0.35);
        font-size: var(--ha-font-size-m, 14px);
        line-height: 1.45;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.45);
      }
      @media (prefers-reduced-motion: no-preference) {
        dialog[open] {
          animation: appear 0.16s ease-out;
        }
        @keyframes appear {
          from {
            opacity: 0;
            transform: translateY(12px);
          }
        }
      }
      .page {
        padding: 0 24px 24px;
        background: inherit;
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
        position: sticky;
        top: 0;
        padding: 20px 0 8px;
        background: inherit;
      }
      h2 {
        margin: 0;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-medium, 500);
        line-height: 1.25;
      }
      h3 {
        margin: 22px 0 8px;
        font-size: var(--ha-font-size-m, 14px);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      p {
        margin: 0 0 8px;
      }
      button {
        font: inherit;
        color: inherit;
        cursor: pointer;
      }
      button.icon {
        flex: none;
        width: 44px;
        height: 44px;
        margin-inline-end: -10px;
        border: none;
        border-radius: 50%;
        background: none;
      }
      button.icon:hover {
        background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
      }
      :focus-visible {
        outline: 2px solid var(--primary-color);
        outline-offset: 2px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 6px 0 6px 8px;
        text-align: end;
        white-space: nowrap;
        border-bottom: 1px solid var(--divider-color);
      }
      th {
        color: var(--secondary-text-color);
        font-weight: 400;
      }
      th:first-child {
        padding-inline-start: 0;
        text-align: start;
      }
      tbody th {
        color: inherit;
        white-space: normal;
      }
      .wide {
        overflow-x: auto;
      }
      .quiet {
        color: var(--secondary-text-color);
      }
    `,
  ];
}
