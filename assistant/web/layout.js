// Lays a document out from its units: headings, indented clauses, real tables; and marks a quoted span in it.

import { el } from './dom.js';
import { inSlices } from './slices.js';

const HEADINGS = new Set(['phan', 'chuong', 'muc', 'tieu_muc', 'phu_luc']);
const INDENTING = new Set(['khoan', 'diem', 'gach', 'cong']);
const DEEPEST_INDENT = 4;
// Lines in a stretch: 500 pages open in a fraction of the time that one long run of paragraphs takes.
const STRETCH = 30;
const LONGEST_TABLE = 600;
// A table of more columns than this scrolls sideways on a narrow screen instead of breaking words.
const WIDE_TABLE = 4;
// An article or clause title longer than this is running text that happens to follow a number.
const LONGEST_TITLE = 140;

/** Offsets arrive in code points; JavaScript counts UTF-16 units, one more for each character beyond U+FFFF. */
export function utf16Offsets(text) {
  const beyond = [...text.matchAll(/[\u{10000}-\u{10FFFF}]/gu)].map((match, earlier) => match.index - earlier);
  return (offset) => {
    let [low, high] = [0, beyond.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (beyond[middle] < offset) low = middle + 1;
      else high = middle;
    }
    return offset + low;
  };
}

/** Stretches of the whole text, in order; the browser lays out only those in sight. `span` is `[start, end)` in code
 * points, or null; `level` is that of the top headings; with `anchors` each unit's line has the id `anchorOf(path)`.
 *
 * The first stretch and the one of the span or of the unit `path` are there at once, the others come when there is time
 * for them: 500 pages never hold up the page.
 */
export function layOut(text, units, { span, level, anchors = false, path = null }) {
  const at = utf16Offsets(text);
  const placed = place(units, at);
  const mark = span && { start: at(span[0]), end: at(span[1]) };
  const layout = new Layout(text, mark, level, anchors);
  const wanted = mark?.start ?? placed.find((unit) => unit.path === path)?.start ?? 0;
  const stretches = stretchesOf(linesOf(text, placed)).map((lines) => ({ lines, node: el('div', { class: 'stretch' }) }));
  const fill = ({ lines, node }) => node.append(...layout.nodes(lines));
  const first = new Set([stretches[0], stretches.findLast(({ lines }) => lines[0].start <= wanted)].filter(Boolean));
  first.forEach(fill);
  inSlices(stretches.filter((each) => !first.has(each)), fill, () => stretches[0].node.isConnected);
  return stretches.map(({ node }) => node);
}

export const anchorOf = (path) => `tai-${path}`;

/** Runs of lines, no table cut in two but a very long one. */
function stretchesOf(lines) {
  const runs = [];
  for (const line of lines) {
    const run = runs.at(-1);
    const within = run && tableOf(line.unit) !== null && tableOf(line.unit) === tableOf(run.at(-1).unit);
    if (run && (run.length < STRETCH || (within && run.length < LONGEST_TABLE))) run.push(line);
    else runs.push([line]);
  }
  return runs;
}

function place(units, at) {
  const byPath = new Map();
  for (const unit of units) {
    const parent = byPath.get(unit.parent);
    byPath.set(unit.path, {
      ...unit,
      start: at(unit.start),
      head: at(unit.head),
      end: at(unit.end),
      above: parent ?? null,
      indent: parent ? parent.indent + (INDENTING.has(parent.kind) ? 1 : 0) : 0,
      children: 0,
    });
    if (parent) parent.children += 1;
  }
  return [...byPath.values()].sort((a, b) => a.start - b.start || b.end - a.end);
}

/** Each line with the innermost unit that holds it (null for header and signature text), blank lines left out. */
function linesOf(text, units) {
  const lines = [];
  const open = [];
  let next = 0;
  let start = 0;
  for (const line of text.split('\n')) {
    const end = start + line.length;
    while (open.length && open.at(-1).end <= start) open.pop();
    while (next < units.length && units[next].start < Math.max(end, start + 1)) {
      while (open.length && open.at(-1).end <= units[next].start) open.pop();
      open.push(units[next]);
      next += 1;
    }
    const unit = open.at(-1) ?? null;
    if (line.trim()) lines.push({ start, end, unit, own: unit !== null && start < unit.head });
    start = end + 1;
  }
  return lines;
}

class Layout {
  constructor(text, mark, level, anchors) {
    this.text = text;
    this.mark = mark;
    this.level = level;
    this.anchors = anchors;
  }

  #anchor(unit) {
    return this.anchors ? anchorOf(unit.path) : null;
  }

  nodes(lines) {
    const nodes = [];
    for (let index = 0; index < lines.length; ) {
      const table = tableOf(lines[index].unit);
      let end = index + 1;
      while (table && end < lines.length && tableOf(lines[end].unit) === table) end += 1;
      nodes.push(...(table ? this.#table(lines.slice(index, end)) : [this.#line(lines[index])]));
      index = end;
    }
    return nodes;
  }

  #line({ start, end, unit, own }) {
    const content = this.#marked(start, end);
    if (!unit) return el('p', { class: 'aside' }, content);
    const indent = Math.min(unit.indent + (own ? 0 : Number(INDENTING.has(unit.kind))), DEEPEST_INDENT);
    if (!own) return el('p', { class: `indent-${indent}` }, content);
    const heading = `h${unit.above ? this.level + 1 : this.level}`;
    const id = this.#anchor(unit);
    if (HEADINGS.has(unit.kind)) return el(heading, { class: unit.kind, id }, content);
    if (isTitle(unit, end - start)) return el(heading, { class: `${unit.kind} indent-${indent}`, id }, content);
    return el('p', { class: `${unit.kind} indent-${indent}`, id }, content);
  }

  #table(lines) {
    const rows = lines.filter((line) => line.unit.kind === 'hang' && line.own);
    const columns = columnsOf(rows);
    const rest = lines.filter((line) => !rows.includes(line));
    const isHeader = (line) => columns.some((column) => column && this.text.slice(line.start, line.end).includes(column));
    const header = rest.filter(isHeader);
    const captions = rest.filter((line) => !isHeader(line)).map((line) => el('p', { class: 'doan' }, this.#marked(line.start, line.end)));
    const quoted = header.some((line) => this.#overlaps(line.start, line.end));
    const head = columns.some(Boolean) ? el('thead', {}, headerRows(columns, header.length, quoted)) : null;
    const body = el('tbody', {}, rows.map((row) => this.#row(row, columns)));
    const table = el('table', { class: columns.length > WIDE_TABLE ? 'wide' : null }, head, body);
    return rows.length ? [...captions, el('div', { class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Bảng trong văn bản' }, table)] : captions;
  }

  /** Cell values are found again in the row's own line, so that a span can be marked cell by cell. */
  #row({ unit, start, end }, columns) {
    const id = this.#anchor(unit);
    if (!unit.cells.length) return el('tr', { id }, el('td', { colspan: String(columns.length || 1) }, this.#marked(start, end)));
    const cells = [];
    let from = start;
    for (const value of valuesUnder(columns, unit.cells)) {
      const at = value ? this.text.indexOf(value, from) : -1;
      const found = at !== -1 && at + value.length <= end;
      if (value && !found && cells.at(-1)?.value === value) {
        cells.at(-1).span += 1; // merged across columns: its text stands once in the line
        continue;
      }
      cells.push({ value, span: 1, content: found ? this.#marked(at, at + value.length) : [value] });
      if (found) from = at + value.length;
    }
    return isGroup(cells) ? groupRow(cells, id) : el('tr', { id }, cells.map(cellNode));
  }

  #overlaps(start, end) {
    return this.mark !== null && this.mark.start < end && this.mark.end > start;
  }

  /** The text of `[start, end)`, with the part that the marked span covers in a `<mark>`. */
  #marked(start, end) {
    if (!this.#overlaps(start, end)) return [this.text.slice(start, end)];
    const from = Math.max(start, this.mark.start);
    const to = Math.min(end, this.mark.end);
    return [this.text.slice(start, from), el('mark', { text: this.text.slice(from, to) }), this.text.slice(to, end)];
  }
}

function tableOf(unit) {
  for (let each = unit; each; each = each.above) if (each.kind === 'bang') return each;
  return null;
}

/** The headers of all rows in their order: empty cells are left out of a row, so no single row need have them all. */
function columnsOf(rows) {
  const keys = [];
  for (const { unit } of rows) {
    let after = -1;
    for (const key of keysOf(unit.cells)) {
      if (!keys.includes(key)) keys.splice(after + 1, 0, key);
      after = keys.indexOf(key);
    }
  }
  return keys.map(nameOf);
}

/** A name that heads two columns is told apart by its ordinal. */
function keysOf(cells) {
  const met = new Map();
  return cells.map(([name]) => {
    met.set(name, (met.get(name) ?? 0) + 1);
    return `${met.get(name)} ${name}`;
  });
}

const nameOf = (key) => key.slice(key.indexOf(' ') + 1);

/** A row's values, one a column, '' where it has none. */
function valuesUnder(columns, cells) {
  const keys = keysOf(cells);
  return keysOf(columns.map((column) => [column])).map((key) => cells[keys.indexOf(key)]?.[1] ?? '');
}

/** A header of several lines gives columns such as `Số liệu / Quý II`: its first line spans the columns it heads. */
function headerRows(columns, lineCount, quoted) {
  const cell = (text, props = {}) => el('th', { scope: 'col', ...props }, quoted && text ? el('mark', { text }) : text);
  const parts = columns.map((column) => (lineCount > 1 ? column.split(' / ') : [column]));
  if (parts.every(([, below]) => !below)) return el('tr', {}, columns.map((column) => cell(column)));
  const upper = [];
  parts.forEach(([above, below], index) => {
    const last = upper.at(-1);
    if (below && last?.grouped && parts[index - 1][0] === above) last.span += 1;
    else upper.push({ above, grouped: Boolean(below), span: 1 });
  });
  return [
    el('tr', {}, upper.map(({ above, grouped, span }) => cell(above, grouped ? { scope: 'colgroup', colspan: String(span) } : { rowspan: '2' }))),
    el('tr', {}, parts.filter(([, below]) => below).map(([, ...below]) => cell(below.join(' / ')))),
  ];
}

const widthOf = (cells) => cells.reduce((sum, { span }) => sum + span, 0);

/** A row such as `I | Cải cách thể chế | | …`, which gives the heading of the rows after it. */
const isGroup = (cells) => widthOf(cells) > 2 && cells.slice(2).every(({ value }) => !value) && cells.some(({ value }) => value);

function groupRow(cells, id) {
  const kept = cells.slice(0, cells[1]?.value ? 2 : 1);
  const last = kept.pop();
  kept.push({ ...last, span: widthOf(cells) - widthOf(kept) });
  return el('tr', { class: 'group', id }, kept.map(cellNode));
}

const cellNode = ({ value, span, content }) =>
  el('td', { colspan: span > 1 ? String(span) : null, class: isFigure(value) ? 'figure' : UNBROKEN.test(value) ? 'unbroken' : null }, content);

// What no line can hold may be broken anywhere; dates and numbers may not.
const UNBROKEN = /\S{40}/;

const isFigure = (value) => /^[\d.,]+\s?%?$/.test(value);

function isTitle(unit, length) {
  if (length > LONGEST_TITLE) return false;
  return unit.kind === 'dieu' || (unit.kind === 'khoan' && unit.children > 0 && length < 100);
}
