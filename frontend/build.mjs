/**
 * Builds the screen into the integration's folder, or into the one that is named.
 *
 * One file has all but the languages: those are files of their own, named by what is in
 * them, of which a browser fetches one. The same sources always give the same bytes.
 */

import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, "../custom_components/solar_compute/frontend");

/** Styles and markup are text to the bundler, which leaves their indentation. */
const smaller = (style) =>
  style
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,]) ?/g, "$1")
    .replace(/;}/g, "}");

const plain = {
  name: "without indentation",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const styles = /css`[^`]*`/g;
      const contents = source.replace(styles, smaller);
      const flat = contents.replace(/>\n\s+</g, "> <").replace(/\n\s+/g, "\n");
      return { contents: flat, loader: "ts" };
    });
  },
};

await rm(folder, { recursive: true, force: true });
const options = {
  absWorkingDir: here,
  outdir: folder,
  entryNames: "[name]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  minify: true,
  plugins: [plain],
};
await build({ ...options, entryPoints: { loader: "src/loader.ts" } });
await build({ ...options, entryPoints: { "solar-compute-card": "src/main.ts" }, splitting: true });
