/**
 * Brings the card where resources are written in YAML.
 *
 * While it starts, the frontend replaces the registry of elements, and what has registered
 * itself before is lost. So this waits until the frontend's own root is in the new one.
 */

const ROOT = "home-assistant";
const OFTEN_MS = 20;

while (!customElements.get(ROOT)) {
  await new Promise((resolve) => setTimeout(resolve, OFTEN_MS));
}
const own = new URL(import.meta.url);
await import(new URL(`solar-compute-card.js${own.search}`, own).href);

export {};
