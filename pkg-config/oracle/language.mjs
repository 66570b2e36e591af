// Microsoft's language service for KQL, loaded, and its findings as plain objects.
//
// The package is a .NET library turned into scripts for a page: they put their names on the global
// object, so they are run as scripts, in this order.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";

const require = createRequire(import.meta.url);
for (const script of ["bridge.js", "Kusto.Language.Bridge.js"]) {
  const filename = require.resolve(`@kusto/language-service-next/${script}`);
  runInThisContext(readFileSync(filename, "utf8"), { filename });
}

const { GlobalState, KustoCode, Symbols } = globalThis.Kusto.Language;

/** What the parser finds wrong: `[{code, severity, message, start, length}]`, places in UTF-16 units. */
export function parse(query) {
  return findings(KustoCode.Parse(query).GetSyntaxDiagnostics());
}

/** The names a text may use: `schema` is `{table: [[column, type], …], …}`. */
export function database(schema) {
  const tables = Object.entries(schema).map(([table, columns]) => {
    const seen = new Set();
    const declared = columns
      .filter(([column]) => !seen.has(column) && seen.add(column))
      .map(([column, type]) => `['${column.replace(/[\\']/g, "\\$&")}']: ${type}`);
    return new Symbols.TableSymbol.$ctor7(table, `(${declared.join(", ")})`, "");
  });
  return GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor("logs", tables));
}

/** What the parser and the binder find wrong, with the names of `database`. */
export function bind(query, names) {
  return findings(KustoCode.ParseAndAnalyze(query, names).GetDiagnostics());
}

function findings(list) {
  return Array.from({ length: list.Count }, (_, at) => {
    const { Code, Severity, Message, Start, Length } = list.getItem(at);
    return { code: Code, severity: Severity.toLowerCase(), message: Message, start: Start, length: Length };
  });
}

/**
 * Answers lines `{id, query}` of the standard input with lines `{id, diagnostics}`; where the service
 * itself breaks down on a text, with `{id, crash}`.
 */
export async function answerLines(check) {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === "") continue;
    const { id, query } = JSON.parse(line);
    let answer;
    try {
      answer = { id, diagnostics: check(query) };
    } catch (error) {
      answer = { id, crash: String(error?.message ?? error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
