// All texts of the page stand in one table, `www/src/texts`: no template says a word of its own, and
// no text is there that nobody says. Reads the sources; needs no browser.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { require, root } from './harness.mjs';

const { parseAst } = await import(require.resolve('vite'));
const SOURCES = join(root, 'www/src');

/** Attributes that are read out or shown. */
const SAID = ['alt', 'aria-description', 'aria-label', 'aria-roledescription', 'aria-valuetext', 'placeholder', 'title', 'heading', 'about', 'empty', 'label', 'unit'];
/** What no translation changes. */
const NAMES = new Map([
  ['kqlens', 'the name of the product'],
  ...['Shift+Enter', 'Alt+Shift+Enter', 'F1'].map((key) => [key, 'a key, as it stands on the keyboard']),
  ...['CSV', 'JSON', 'HTML', 'Markdown', 'PNG', 'SVG'].map((format) => [format, 'the name of a format']),
  ...['now()', 'dcount', 'percentile', 'asc', 'desc'].map((name) => [name, 'a word of KQL']),
]);
const WORD = /\p{L}{2,}/u;
/** How a sentence begins; KQL that begins so too. */
const SENTENCE = /^\p{Lu}\p{Ll}+,? \p{Ll}+/u;
const KQL = /^(Prompt contains|Failures desc)\b/;

const children = (node) => Object.values(node).flat().filter((value) => typeof value?.type === 'string');

function* nodesIn(node) {
  yield node;
  for (const child of children(node)) yield* nodesIn(child);
}

/** The texts that an expression may have as they stand in it. */
function literalsIn(node) {
  if (node.type === 'ConditionalExpression') return [node.consequent, node.alternate].flatMap(literalsIn);
  if (node.type === 'LogicalExpression') return literalsIn(node.right);
  if (node.type === 'TemplateLiteral') return [...node.quasis.map(({ value }) => value.cooked), ...node.expressions.flatMap(literalsIn)];
  return node.type === 'Literal' && typeof node.value === 'string' ? [node.value] : [];
}

/** The words of a template that do not come from elsewhere. */
function ownWords({ quasi: { quasis, expressions } }) {
  const HOLE = '\u0000';
  const markup = quasis.map(({ value }) => value.cooked).join(HOLE);
  const words = [];
  let hole = 0;
  const take = (piece, isSaid) => {
    if (isSaid) words.push(...piece.split(HOLE));
    for (let n = piece.split(HOLE).length - 1; n > 0; n--, hole++) if (isSaid) words.push(...literalsIn(expressions[hole]));
  };
  for (const [piece] of markup.matchAll(/<[^>]*>|[^<]+/g)) {
    if (!piece.startsWith('<')) take(piece, true);
    else for (const [part, name] of piece.matchAll(/([\w.?@-]+)=(?:"[^"]*"|[^\s">]*)|[^=]/g)) take(part.slice(part.indexOf('=') + 1).replaceAll('"', ''), SAID.includes(name));
  }
  return words.map((text) => text.trim()).filter((text) => WORD.test(text) && !NAMES.has(text));
}

function templatesIn(source) {
  const templates = [...nodesIn(parseAst(source, { lang: 'ts' }))].filter(({ type, tag }) => type === 'TaggedTemplateExpression' && ['html', 'svg'].includes(tag.name));
  return templates.flatMap((template) => ownWords(template).map((words) => ({ line: source.slice(0, template.start).split('\n').length, words })));
}

/** Sentences in the code beside the templates: notices, titles, errors. */
function sentencesIn(source) {
  const texts = (node) => {
    if (node.type === 'ImportDeclaration' || (node.type === 'TaggedTemplateExpression' && node.tag.name === 'css')) return [];
    const own = node.type === 'Literal' && typeof node.value === 'string' ? [node.value]
      : node.type === 'TemplateLiteral' ? [node.quasis.map(({ value }) => value.cooked).join('x')] : [];
    return [...own.filter((text) => SENTENCE.test(text) && !KQL.test(text)).map((text) => ({ line: source.slice(0, node.start).split('\n').length, words: text })), ...children(node).flatMap(texts)];
  };
  return texts(parseAst(source, { lang: 'ts' }));
}

const filesIn = (folder) => readdirSync(join(SOURCES, folder), { recursive: true }).filter((name) => name.endsWith('.ts')).map((name) => join(SOURCES, folder, name));

/** The paths of the texts of an area: `editor.label`. */
function pathsIn(object, before = '') {
  return object.properties.flatMap(({ key, value }) => {
    const path = `${before}${key.name ?? key.value}`;
    const inner = value.type === 'TSAsExpression' ? value.expression : value;
    return inner.type === 'ObjectExpression' ? pathsIn(inner, `${path}.`) : [path];
  });
}

describe('the texts of the page', () => {
  test('a word in a template is found, wherever it is said', () => {
    const found = (template) => templatesIn(`const a = html\`${template}\`;`).map(({ words }) => words);
    assert.deepEqual(found('<p>Show rows</p>'), ['Show rows']);
    assert.deepEqual(found('<p>${n} rows</p>'), ['rows']);
    assert.deepEqual(found('<button class="quiet" title="Show ${name}">${icon}</button>'), ['Show']);
    assert.deepEqual(found('<p id=${id} title=${isOpen ? "Close" : t.open}>${n > 1 ? `${n} rows` : t.row}</p>'), ['Close', 'rows']);
    assert.deepEqual(found('<p class="soft" @click=${() => go("Here")}>${t.rows} <kbd>Shift+Enter</kbd> · <b>A</b>${html`<i>inside</i>`}</p>'), ['inside']);
  });

  test('no template says a word of its own', () => {
    const own = ['view', 'shell'].flatMap(filesIn).flatMap((file) => templatesIn(readFileSync(file, 'utf8')).map(({ line, words }) => `${relative(SOURCES, file)}:${line} ${words}`));
    assert.deepEqual(own, []);
  });

  test('no sentence stands in the code beside them', () => {
    assert.deepEqual(sentencesIn('notify({ text: `Read ${n} rows` }); const kql = "Failures desc";').map(({ words }) => words), ['Read x rows']);
    const files = ['view', 'session', 'shell'].flatMap(filesIn).concat(join(SOURCES, 'page.ts'));
    assert.deepEqual(files.flatMap((file) => sentencesIn(readFileSync(file, 'utf8')).map(({ line, words }) => `${relative(SOURCES, file)}:${line} ${words}`)), []);
  });

  test('each text is said somewhere', () => {
    const sources = ['view', 'session', 'shell', 'texts'].flatMap(filesIn).concat(join(SOURCES, 'page.ts')).map((file) => readFileSync(file, 'utf8'));
    const unsaid = filesIn('texts').flatMap((file) => {
      const calls = [...nodesIn(parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }))].filter(({ type, callee }) => type === 'CallExpression' && callee.name === 'area');
      return calls.flatMap(({ arguments: [{ value: area }, table] }) => {
        const used = sources.flatMap((source) => {
          const name = new RegExp(`import \\{ ${area}(?: as (\\w+))? \\} from '[./]*(?:texts/)?${area}'`).exec(source);
          return name ? [...source.matchAll(new RegExp(`(?<![\\w.])${name[1] ?? area}((?:\\.\\w+)+)`, 'g'))].map(([, path]) => path.slice(1)) : [];
        });
        return pathsIn(table).filter((path) => !used.some((one) => `${one}.`.startsWith(`${path}.`) || path.startsWith(`${one}.`))).map((path) => `${area}.${path}`);
      });
    });
    assert.deepEqual(unsaid, []);
  });
});
