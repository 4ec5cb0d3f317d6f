// What is known of the loaded documents: their formal names, and the texts that were opened.

import { getDocument, getDocuments } from './api.js';
import { BASE, el } from './dom.js';

// The last few texts stay in memory: one answer's citations mostly share a document.
const KEPT_TEXTS = 6;

export class Library {
  #byId = new Map();
  #texts = new Map();

  get documents() {
    return [...this.#byId.values()];
  }

  async load() {
    const documents = await getDocuments();
    this.#byId = new Map(documents.map((document) => [document.id, document]));
  }

  find(id) {
    return this.#byId.get(id);
  }

  /** The whole document, with `text` and `units`. */
  async open(id) {
    const known = this.#texts.get(id) ?? (await getDocument(id));
    this.#texts.delete(id);
    this.#texts.set(id, known);
    if (this.#texts.size > KEPT_TEXTS) this.#texts.delete(this.#texts.keys().next().value);
    return known;
  }
}

/** `/documents/ID#START-END`, the address that opens a document at a span; offsets are in code points. */
export function documentUrl(id, start = null, end = null) {
  return `${BASE}documents/${encodeURIComponent(id)}${start === null ? '' : `#${start}-${end}`}`;
}

/** "Nghị quyết số 05-NQ/TU"; a document without a number goes by its kind. */
export function shortName({ kind, number }) {
  if (!number) return kind;
  return isProcedure(kind) ? `${kind} mã ${number}` : `${kind} số ${number}`;
}

/** What a source is called above its quotes: a procedure and a document without a number go by their titles. */
export function sourceName({ kind, number, title }) {
  if (!number) return title;
  return isProcedure(kind) ? `${title} (mã ${number})` : shortName({ kind, number });
}

const isProcedure = (kind) => /thủ tục/i.test(kind);

/** What is said of a document that has no effect to speak of. */
export const UNTOLD = 'Không nêu hiệu lực';

/** Day and month as offices write them: a zero before days under 10 and before months 1 and 2. */
export function formalDate(iso) {
  const [year, month, day] = iso.split('-').map(Number);
  return `${String(day).padStart(2, '0')}/${month < 3 ? `0${month}` : month}/${year}`;
}

/** "Nghị quyết số 05-NQ/TU ngày 09/4/2021 của Ban Chấp hành Đảng bộ tỉnh"; without a number, the title leads. */
export function formalName(document) {
  const date = document.issued_on ? ` ngày ${formalDate(document.issued_on)}` : '';
  const issuer = document.issuer ? ` của ${document.issuer}` : '';
  return sourceName(document) + date + issuer;
}

export const illustrativeBadge = () =>
  el('span', { class: 'badge', title: 'Văn bản soạn làm mẫu, không phải bản chính thức', text: 'minh họa' });

/** Letters without marks and case, so that a filter typed without diacritics still finds. */
export function folded(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gi, 'd').toLowerCase();
}
