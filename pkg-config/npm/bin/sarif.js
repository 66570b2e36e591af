// Findings as SARIF 2.1.0, which code hosts show beside the lines. Places are lines and columns from 1,
// columns in UTF-16 code units, which is what the format takes if nothing else is said.

/** Turns an offset of a text into a line and a column. */
export function places(text) {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let line = starts.findIndex((start) => start > offset);
    if (line < 0) line = starts.length;
    return { line, column: offset - starts[line - 1] + 1 };
  };
}

const LEVELS = { error: 'error', warning: 'warning', info: 'note', hint: 'note' };

/** One run over `found`: `{ name, text, findings }` for each text. */
export function sarif(found, rules) {
  const used = new Map();
  for (const { findings } of found) {
    for (const { code, message } of findings) {
      if (used.has(code)) continue;
      const rule = rules.find((one) => one.code === code);
      used.set(code, {
        id: code,
        ...(rule ? { name: rule.name } : {}),
        shortDescription: { text: rule?.reason ?? message },
      });
    }
  }
  const ids = [...used.keys()];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'kqlens', rules: [...used.values()] } },
      columnKind: 'utf16CodeUnits',
      results: found.flatMap(({ name, text, findings }) => {
        const place = places(text);
        const region = ({ start, end }) => {
          const [from, to] = [place(start), place(end)];
          return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
        };
        const location = { uri: encodeURI(name.replaceAll('\\', '/')) };
        return findings.map(({ code, severity, message, help, range, fix }) => ({
          ruleId: code,
          ruleIndex: ids.indexOf(code),
          level: LEVELS[severity],
          message: { text: help ? `${message}: ${help}` : message },
          locations: [{ physicalLocation: { artifactLocation: location, region: region(range) } }],
          ...(fix ? {
            fixes: [{
              description: { text: fix.title },
              artifactChanges: [{
                artifactLocation: location,
                replacements: fix.edits.map((edit) => ({ deletedRegion: region(edit.range), insertedContent: { text: edit.text } })),
              }],
            }],
          } : {}),
        }));
      }),
    }],
  };
}
