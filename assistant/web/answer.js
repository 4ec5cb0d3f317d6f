// Turns an answer's plain text into nodes: paragraphs, lists, quotes, a leading value in bold, citation markers.

import { el } from './dom.js';

const INLINE = /\*\*(.+?)\*\*|\[(\d{1,3})\]/g;
const MARKER = /\[(\d{1,3})\]/g;
const ITEM = /^- /;
const OPENS_QUOTE = /^["“«]/;
// A longer bold start is a heading or a sentence, and is not set large.
const LONGEST_VALUE = 60;

/** The text cut into blocks `{kind: 'lead'|'quote'|'paragraph'|'list', lines}`, in order. */
export function blocksOf(text) {
  const blocks = [];
  for (const line of text.split('\n').map((each) => each.trim()).filter(Boolean)) {
    const last = blocks.at(-1);
    if (last?.kind === 'quote' && isOpen(last.lines)) last.lines.push(line);
    else if (ITEM.test(line) && last?.kind === 'list') last.lines.push(line.replace(ITEM, ''));
    else if (ITEM.test(line)) blocks.push({ kind: 'list', lines: [line.replace(ITEM, '')] });
    else blocks.push({ kind: kindOf(line, blocks), lines: [line] });
  }
  return blocks;
}

/** A quotation of several lines runs until its closing mark. */
const isOpen = (lines) => lines[0].startsWith('“') && !lines.at(-1).includes('”');

/** The leading value comes first, or right after a line that names what it is of. */
function kindOf(line, before) {
  if (OPENS_QUOTE.test(line)) return 'quote';
  const leads = before.length < 2 && before.every(({ kind }) => kind === 'paragraph');
  return leads && /^\*\*[^*]+\*\*/.test(line) && line.indexOf('**', 2) <= LONGEST_VALUE ? 'lead' : 'paragraph';
}

/** Redraws only what changed, so that a marker that holds the focus keeps it while the answer streams. */
export class AnswerText {
  #drawn = [];

  /** `known(number)` tells whether there is such a citation, `marker(number)` gives the node for its marker. */
  constructor(root, { known, marker }) {
    this.root = root;
    this.known = known;
    this.marker = marker;
  }

  draw(text) {
    const blocks = blocksOf(text);
    blocks.forEach((block, index) => this.#place(block, index));
    while (this.root.childElementCount > blocks.length) this.root.lastElementChild.remove();
    this.#drawn.length = blocks.length;
  }

  #place(block, index) {
    const key = JSON.stringify(block) + this.#known(block);
    if (this.#drawn[index] === key) return;
    this.#drawn[index] = key;
    if (index < this.root.childElementCount) this.root.children[index].replaceWith(this.#block(block));
    else this.root.append(this.#block(block));
  }

  /** A block is drawn again when a citation that it refers to arrives. */
  #known({ lines }) {
    const numbers = [...lines.join(' ').matchAll(MARKER)].map((match) => Number(match[1]));
    return numbers.filter((number) => this.known(number)).join();
  }

  #block({ kind, lines }) {
    if (kind === 'list') return el('ul', {}, lines.map((line) => el('li', {}, this.#inline(line))));
    if (kind === 'quote') return el('blockquote', {}, lines.map((line) => el('p', {}, this.#inline(line))));
    return el('p', { class: kind === 'lead' ? 'lead' : null }, this.#inline(lines[0]));
  }

  #inline(line) {
    const nodes = [];
    let end = 0;
    for (const match of line.matchAll(INLINE)) {
      nodes.push(line.slice(end, match.index));
      if (match[1]) nodes.push(el('strong', {}, this.#inline(match[1])));
      else nodes.push(this.known(Number(match[2])) ? this.marker(Number(match[2])) : match[0]);
      end = match.index + match[0].length;
    }
    return [...nodes, line.slice(end)];
  }
}

/** The text as a person would paste it: no bold marks, list items kept. */
export const plainText = (text) => text.replaceAll('**', '').trim();

/** The text as it is read aloud: without markers too. */
export const spokenText = (text) => plainText(text).replace(/\s*\[\d{1,3}\]/g, '');
