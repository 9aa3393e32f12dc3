// Parses sequence diagrams with Mermaid's own parser: node mermaid.mjs MODULES FILE…
// MODULES is a node_modules directory with mermaid and jsdom. Says what was not taken, exits 1 then.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${modules}/`));
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;
const mermaid = (await import(pathToFileURL(`${modules}/mermaid/dist/mermaid.core.mjs`))).default;
let status = 0;
for (const file of files) {
    try {
        await mermaid.parse(readFileSync(file, "utf8"));
    } catch (error) {
        console.log(`${file}: ${error.message}`);
        status = 1;
    }
}
process.exit(status);
