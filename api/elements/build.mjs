/*
 * Builds the elements and the portal with esbuild: build.mjs MODULES OUT
 *
 * Writes OUT/elements/ and OUT/portal/.
 */
import { createRequire } from "node:module";
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const [modules, out] = process.argv.slice(2).map((folder) => path.resolve(folder));
const esbuild = createRequire(path.join(modules, "package.json"))("esbuild");

const shared = {
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  nodePaths: [modules],
  tsconfig: path.join(here, "tsconfig.json"),
  logLevel: "error",
};

await esbuild.build({
  ...shared,
  entryPoints: { upward: path.join(here, "src/upward.ts"), charts: path.join(here, "src/charts.ts") },
  outdir: path.join(out, "elements"),
});

const portal = path.join(here, "../portal");
mkdirSync(path.join(out, "portal"), { recursive: true });
await esbuild.build({
  ...shared,
  entryPoints: { portal: path.join(portal, "portal.ts") },
  outdir: path.join(out, "portal"),
  external: ["/elements/upward.js"],
});
for (const name of readdirSync(portal).filter((file) => /\.(css|svg|html)$/.test(file)))
  copyFileSync(path.join(portal, name), path.join(out, "portal", name));
