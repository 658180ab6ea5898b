/** Bundles the tests, so that they import the sources as these import each other, and runs them. */

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const folder = await mkdtemp(join(here, "../node_modules/.tests-"));
const names = (await readdir(here)).filter((name) => name.endsWith(".test.ts"));
await build({
  entryPoints: names.map((name) => join(here, name)),
  outdir: folder,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  logLevel: "error",
});
const files = names.map((name) => join(folder, name.replace(/\.ts$/, ".mjs")));
const tests = run({ files });
tests.on("test:fail", () => (process.exitCode = 1));
tests.compose(spec).pipe(process.stdout);
tests.on("end", () => rm(folder, { recursive: true }));
