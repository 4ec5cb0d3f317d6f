// The documents: every one with what it is and whether it holds; found by name, by number and by words in its text.

import { changeQuery, query, settled } from './address.js';
import { json } from './api.js';
import { BASE, el } from './dom.js';
import { documentUrl, folded, formalDate, illustrativeBadge, UNTOLD } from './library.js';
import { inSlices } from './slices.js';
import { Administration } from './upload.js';

const FIRST = 60; // drawn at once; the others follow
const vietnamese = new Intl.Collator('vi', { numeric: true });
const SORTS = {
  '': ['Mới ban hành trước', (a, b) => (b.issued_on ?? '').localeCompare(a.issued_on ?? '') || vietnamese.compare(a.title, b.title)],
  title: ['Theo tên', (a, b) => vietnamese.compare(a.title, b.title)],
  number: ['Theo số hiệu', (a, b) => vietnamese.compare(a.number ?? '\uffff', b.number ?? '\uffff')],
  kind: ['Theo loại', (a, b) => vietnamese.compare(a.kind, b.kind) || vietnamese.compare(a.title, b.title)],
};
const EFFECTS = ['Còn hiệu lực', 'Chưa có hiệu lực', 'Hết hiệu lực một phần', 'Hết hiệu lực toàn bộ'];

export class DocumentsView {
  #root = document.getElementById('documents');
  #texts = { asked: '', matches: new Map() };
  #drawn = 0;
  #parts = null;

  constructor(library) {
    this.library = library;
    this.administration = new Administration(() => this.#changed());
  }

  /** Shows what the address asks for. */
  show() {
    const { search, kind, effect, sort } = this.#build();
    search.value = query().get('q') ?? '';
    this.#options(kind, 'kind', 'Mọi loại', [...new Set(this.library.documents.map((each) => each.kind))].sort(vietnamese.compare));
    this.#options(effect, 'effect', 'Mọi tình trạng', [...EFFECTS, UNTOLD].filter((name) => this.library.documents.some((each) => effectOf(each) === name)));
    sort.value = query().get('sort') ?? '';
    this.draw();
    this.#lookInTexts();
    this.administration.show();
  }

  fail(error) {
    const { count, list } = this.#build();
    count.textContent = '';
    list.replaceChildren(el('p', { class: 'notice', text: `Chưa lấy được danh sách văn bản. ${error.message}` }));
  }

  #build() {
    if (this.#parts) return this.#parts;
    const search = el('input', { id: 'documents-search', type: 'search', autocomplete: 'off', spellcheck: 'false' });
    const [kind, effect, sort] = ['kind', 'effect', 'sort'].map((name) => el('select', { id: `documents-${name}` }));
    sort.append(...Object.entries(SORTS).map(([value, [text]]) => el('option', { value, text })));
    const count = el('p', { class: 'result-count', role: 'status' });
    const list = el('ol', { class: 'document-list' });
    const look = settled(() => this.#lookInTexts());
    search.addEventListener('input', () => {
      changeQuery({ q: search.value.trim() });
      this.draw();
      look();
    });
    for (const [name, select] of Object.entries({ kind, effect, sort })) {
      select.addEventListener('change', () => {
        changeQuery({ [name]: select.value }, { step: true });
        this.draw();
      });
    }
    const form = el('form', { class: 'filters', role: 'search', on: { submit: (event) => event.preventDefault() } },
      field('Tìm theo tên, số hiệu hoặc chữ trong văn bản', search, 'wide'),
      field('Loại văn bản', kind), field('Hiệu lực', effect), field('Sắp xếp', sort));
    this.#root.replaceChildren(el('h1', { id: 'documents-title', tabindex: '-1', text: 'Văn bản' }), this.administration.node, form, count, list);
    this.#parts = { search, kind, effect, sort, count, list };
    return this.#parts;
  }

  #options(select, name, every, values) {
    select.replaceChildren(el('option', { value: '', text: every }), ...values.map((text) => el('option', { value: text, text })));
    select.value = query().get(name) ?? '';
    if (select.selectedIndex === -1) select.value = '';
  }

  /** Names are found as one types; what the texts hold is asked of the server. */
  async #lookInTexts() {
    const asked = query().get('q') ?? '';
    if (asked === this.#texts.asked) return;
    this.#texts = { asked, matches: new Map() };
    if (folded(asked).length < 2) {
      this.draw();
      return;
    }
    try {
      const { matches } = await json(`api/documents?${new URLSearchParams({ q: asked })}`);
      if (asked !== this.#texts.asked) return;
      this.#texts.matches = new Map(matches.map((match) => [match.document_id, match]));
    } catch (error) {
      if (asked === this.#texts.asked) this.#texts = { asked: null, matches: new Map(), problem: error.message };
    }
    this.draw();
  }

  draw() {
    const { count, list } = this.#build();
    const asked = query().get('q') ?? '';
    const words = folded(asked).split(/\s+/).filter(Boolean);
    const { matches, problem } = this.#texts;
    const wanted = this.library.documents.filter((each) =>
      (!query().get('kind') || each.kind === query().get('kind'))
      && (!query().get('effect') || effectOf(each) === query().get('effect'))
      && (words.every((word) => named(each).includes(word)) || matches.has(each.id)));
    const [, order] = SORTS[query().get('sort') ?? ''] ?? SORTS[''];
    const documents = wanted.sort(order);
    count.textContent = told(documents.length, this.library.documents.length, asked, matches, documents);
    const items = documents.map((each) => () => this.#item(each, matches.get(each.id)));
    list.replaceChildren(...items.slice(0, FIRST).map((make) => make()));
    if (!documents.length) list.replaceChildren(el('li', { class: 'empty' }, emptyNodes(asked)));
    if (problem) list.prepend(el('li', { class: 'notice', text: `Chưa tìm được trong nội dung văn bản. ${problem}` }));
    this.#drawn += 1;
    const drawn = this.#drawn;
    inSlices(items.slice(FIRST), (make) => list.append(make()), () => drawn === this.#drawn);
  }

  #item(each, match) {
    const facts = [each.number ? `${each.kind} số ${each.number}` : each.kind, each.issuer].filter(Boolean).join(' · ');
    return el('li', { class: 'document-item' },
      el('div', { class: 'document-name' },
        el('a', { href: documentUrl(each.id), 'data-route': true, text: each.title }),
        el('p', {}, el('bdi', { text: facts }), ' ', each.illustrative ? illustrativeBadge() : null)),
      el('p', { class: 'document-day' }, each.issued_on ? el('time', { datetime: each.issued_on, text: formalDate(each.issued_on) }) : el('span', { class: 'none', text: 'không ghi ngày' })),
      el('p', { class: `effect ${effectClass(each)}`, title: each.status, text: effectOf(each) }),
      el('p', { class: 'health' }, healthNodes(each.health)),
      this.administration.removal(each),
      match ? placesNode(each, match) : null);
  }

  async #changed() {
    await this.library.load();
    this.#texts = { asked: '', matches: new Map() };
    this.show();
  }
}

function field(label, control, kind = '') {
  return el('div', { class: `field ${kind}` }, el('label', { for: control.id, text: label }), control);
}

const named = (each) => folded([each.kind, each.number, each.title, each.issuer].filter(Boolean).join(' '));

const effectOf = ({ status }) => EFFECTS.findLast((name) => status?.startsWith(name)) ?? UNTOLD;
const effectClass = (each) => ['holds', 'not-yet', 'partly', 'over'][EFFECTS.indexOf(effectOf(each))] ?? 'untold';

function healthNodes({ format, pages, scanned, notes }) {
  const read = [format.toUpperCase(), pages && `${pages} trang`, scanned.length && 'nhận dạng từ ảnh'].filter(Boolean).join(', ');
  return notes.length
    ? [el('span', { class: 'doubtful', title: notes.join(' '), text: 'Chữ cần đối chiếu' }), ` ${read}`]
    : [el('span', { class: 'sound', text: 'Chữ đọc tốt' }), ` ${read}`];
}

function placesNode(each, { count, places }) {
  const more = count - places.length;
  return el('ul', { class: 'places', 'aria-label': `Những chỗ tìm thấy trong ${each.title}` },
    places.map(({ start, end, address, before, words, after }) =>
      el('li', {}, el('a', { href: documentUrl(each.id, start, end), 'data-route': true },
        address ? el('span', { class: 'place-address', text: `${address}: ` }) : null,
        el('bdi', {}, before, el('mark', { text: words }), after)))),
    more > 0 ? el('li', { class: 'more', text: `và ${more} chỗ khác` }) : null);
}

function told(found, every, asked, matches, documents) {
  const places = documents.reduce((sum, { id }) => sum + (matches.get(id)?.count ?? 0), 0);
  const all = found === every ? `${every} văn bản` : `${found} trong ${every} văn bản`;
  return asked && places ? `${all}; ${places} chỗ có những chữ này` : all;
}

const emptyNodes = (asked) => [
  el('strong', { text: asked ? `Không có văn bản nào có “${asked}”.` : 'Không có văn bản nào khớp.' }),
  ' Hãy bớt chữ, chọn loại khác hoặc ',
  el('a', { href: `${BASE}documents`, 'data-route': true, text: 'xem tất cả' }),
  '.',
];

