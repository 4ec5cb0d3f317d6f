// Administrative procedures: found by name, code or a citizen's words; a card of one; its papers as a list to tick.

import { changeQuery, query, settled, within } from './address.js';
import { json } from './api.js';
import { BASE, button, el } from './dom.js';
import { illustrativeBadge } from './library.js';

const vietnamese = new Intl.Collator('vi', { numeric: true });
const EXAMPLES = ['đăng ký nghĩa vụ quân sự lần đầu', 'cấp lại giấy phép', 'trợ cấp một lần'];
const WAY_COLUMNS = ['time', 'fee', 'note'];

export class ProceduresView {
  #root = document.getElementById('procedures');
  #asked = 0;

  /** Shows what the address asks for: the list, or the card of `code`. */
  async show({ code = null } = {}) {
    this.#asked += 1;
    if (code) await this.#card(code, this.#asked);
    else this.#list();
  }

  #list() {
    const search = el('input', { id: 'procedures-search', type: 'search', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'procedures-hint' });
    search.value = query().get('q') ?? '';
    const look = settled(() => this.#load(search.value.trim()));
    search.addEventListener('input', () => {
      changeQuery({ q: search.value.trim() });
      look();
    });
    const example = (text) => button(text, { class: 'suggestion', on: { click: () => this.#try(search, text) } });
    this.count = el('p', { class: 'result-count', role: 'status' });
    this.results = el('div', { class: 'procedure-list' });
    this.#root.replaceChildren(el('h1', { id: 'procedures-title', tabindex: '-1', text: 'Thủ tục hành chính' }),
      el('form', { class: 'filters', role: 'search', on: { submit: (event) => event.preventDefault() } },
        el('div', { class: 'field wide' }, el('label', { for: 'procedures-search', text: 'Bạn cần làm thủ tục gì?' }), search,
          el('p', { id: 'procedures-hint', class: 'hint', text: 'Gõ tên, mã thủ tục, hoặc nói theo cách của bạn; có dấu hay không dấu đều được.' }))),
      el('div', { class: 'suggestions', role: 'group', 'aria-label': 'Ví dụ' }, EXAMPLES.map(example)), this.count, this.results);
    this.#load(search.value.trim());
  }

  #try(search, text) {
    search.value = text;
    changeQuery({ q: text }, { step: true });
    search.focus();
    this.#load(text);
  }

  async #load(asked) {
    this.#asked += 1;
    const mine = this.#asked;
    if (!this.results.hasChildNodes()) this.results.replaceChildren(el('p', { class: 'waiting', text: 'Đang mở danh sách…' }));
    try {
      const { total, procedures } = await json(`api/procedures${asked ? `?${new URLSearchParams({ q: asked })}` : ''}`);
      if (mine !== this.#asked) return;
      this.count.textContent = asked ? `${procedures.length} trong ${total} thủ tục` : `${total} thủ tục`;
      this.results.replaceChildren(...(asked ? [cards(procedures)] : sectors(procedures)));
      if (!procedures.length) this.results.replaceChildren(nothing(asked, total));
    } catch (error) {
      if (mine !== this.#asked) return;
      this.count.textContent = '';
      this.results.replaceChildren(el('p', { class: 'notice' }, `Chưa lấy được danh sách thủ tục. ${error.message} `, button('Thử lại', { class: 'link', on: { click: () => this.#load(asked) } })));
    }
  }

  async #card(code, mine) {
    const back = el('p', { class: 'back' }, el('a', { href: `${BASE}procedures`, 'data-route': true, text: '← Tất cả thủ tục' }));
    this.#root.replaceChildren(back, el('p', { class: 'waiting', role: 'status', text: 'Đang mở thủ tục…' }));
    try {
      const procedure = await json(`api/procedures/${encodeURIComponent(code)}`);
      if (mine !== this.#asked) return;
      document.title = `${procedure.title} – Hỏi đáp`;
      this.#root.replaceChildren(back, ...cardNodes(procedure));
      window.scrollTo(0, 0);
    } catch (error) {
      if (mine !== this.#asked) return;
      const title = error.status === 404 ? 'Không có thủ tục này' : 'Chưa mở được thủ tục';
      this.#root.replaceChildren(back, el('h1', { tabindex: '-1', text: title }), el('p', { class: 'notice', text: error.message }));
      if (error.status !== 404) throw error;
    }
  }
}

const nothing = (asked, total) => (total
  ? el('p', { class: 'empty' }, el('strong', { text: `Không có thủ tục nào hợp với “${asked}”.` }), ' Hãy thử tên gọi khác của việc cần làm, hoặc ', el('a', { href: `${BASE}procedures`, 'data-route': true, text: 'xem tất cả' }), '.')
  : el('p', { class: 'empty', text: 'Chưa nạp thủ tục hành chính nào.' }));

function sectors(procedures) {
  const names = [...new Set(procedures.map(({ sector }) => sector ?? ''))].sort((a, b) => (a === '') - (b === '') || vietnamese.compare(a, b));
  return names.map((name) => el('section', { class: 'sector' }, el('h2', { text: name || 'Lĩnh vực khác' }),
    cards(procedures.filter(({ sector }) => (sector ?? '') === name).sort((a, b) => vietnamese.compare(a.title, b.title)))));
}

const cards = (procedures) => el('ul', { class: 'cards' }, procedures.map((each) =>
  el('li', { class: 'card' },
    el('a', { href: `${BASE}procedures/${encodeURIComponent(each.code)}`, 'data-route': true }, el('bdi', { text: each.title })),
    el('p', {}, [each.code === each.id ? null : `Mã ${each.code}`, each.level, each.agency].filter(Boolean).join(' · '), ' ', each.illustrative ? illustrativeBadge() : null))));

function cardNodes(procedure) {
  const facts = [['Mã thủ tục', procedure.code === procedure.id ? null : procedure.code], ['Lĩnh vực', procedure.sector], ['Cấp thực hiện', procedure.level], ['Quyết định công bố', procedure.decision]].filter(([, value]) => value);
  const parts = procedure.parts.filter(({ field }) => field !== 'papers');
  const told = (field) => parts.filter((part) => part.field === field);
  const first = ['who', 'conditions', 'ways', 'time', 'fee'].flatMap(told);
  const rest = parts.filter((part) => !first.includes(part));
  const papers = procedure.parts.some(({ field }) => field === 'papers') ? checklist(procedure) : null;
  return [
    el('header', { class: 'document-head' },
      el('h1', { class: 'document-title', tabindex: '-1' }, el('bdi', { text: procedure.title })),
      procedure.illustrative ? el('p', { class: 'illustrative' }, 'Văn bản ', illustrativeBadge(), ', soạn làm mẫu cho phần mềm này; không phải bản chính thức.') : null,
      el('dl', { class: 'facts' }, facts.map(([name, value]) => el('div', {}, el('dt', { text: name }), el('dd', { text: value })))),
      el('div', { class: 'document-actions' },
        el('a', { href: within(BASE, procedure.url), 'data-route': true, text: 'Mở toàn văn' }),
        button('In cả thủ tục', { class: 'link', on: { click: () => window.print() } }))),
    ...first.map(partNode), papers, ...rest.map(partNode),
  ];
}

function partNode(part) {
  const body = part.blank ? [el('p', { class: 'none', text: 'Văn bản không có thông tin.' })] : part.field === 'ways' ? waysNodes(part) : [linesNode(part), rowsNode(part)];
  return el('section', { class: `part ${part.field}`, 'aria-labelledby': `part-${part.field}` },
    el('h2', { id: `part-${part.field}` }, part.title, ' ', sourceLink(part.url, part.title)), body);
}

const sourceLink = (url, about) => el('a', { class: 'to-source', href: within(BASE, url), 'data-route': true, 'aria-label': `Nguồn: ${about}`, text: 'nguồn' });

function linesNode({ field, lines }) {
  if (!lines.length) return null;
  const listed = lines.length > 1 && (field === 'steps' || lines.some(({ bullet }) => bullet));
  if (!listed) return lines.map(({ text }) => el('p', {}, el('bdi', { text })));
  return el('ul', { class: field === 'steps' ? 'steps-list' : 'bullets' }, lines.map(({ text }) => el('li', {}, el('bdi', { text }))));
}

/** Rows of cells as a table of the columns that any of them has. */
function rowsNode({ title, rows }) {
  if (!rows.length) return null;
  return cellsTable(title, rows.map(({ cells }) => cells));
}

function cellsTable(title, rows) {
  const columns = new Map(rows.flat().map(({ field, title: name }) => [field, name]));
  return el('div', { class: 'table', tabindex: '0', role: 'region', 'aria-label': title }, el('table', {},
    el('thead', {}, el('tr', {}, [...columns.values()].map((text) => el('th', { scope: 'col', text })))),
    el('tbody', {}, rows.map((cells) => el('tr', {}, [...columns.keys()].map((field) => el('td', { text: cells.find((cell) => cell.field === field)?.value ?? '' })))))));
}

/** What each way of filing takes: for whom chooses one, only that. */
function waysNodes(part) {
  const way = (cells) => cells.find(({ field }) => field === 'way')?.value ?? '';
  const names = [...new Set(part.rows.map(({ cells }) => way(cells)).filter(Boolean))];
  if (!names.length) return [linesNode(part), rowsNode(part)];
  const groups = names.map((name) => el('div', { class: 'way', 'data-way': name }, el('h3', { text: name }),
    part.rows.filter(({ cells }) => way(cells) === name).map(({ cells, case: of }) => el('dl', { class: 'facts' },
      of ? el('div', {}, el('dt', { text: 'Trường hợp' }), el('dd', { text: of })) : null,
      WAY_COLUMNS.flatMap((field) => cells.filter((cell) => cell.field === field)).map(({ title, value }) => el('div', {}, el('dt', { text: title }), el('dd', { text: value })))))));
  return [linesNode(part), names.length > 1 ? choice('Cách nộp', 'way', names, (chosen) => groups.forEach((group) => { group.hidden = Boolean(chosen) && group.dataset.way !== chosen; })) : null, el('div', { class: 'ways-grid' }, groups)];
}

/** One of several, or all. */
function choice(legend, name, values, choose) {
  const one = (value, text) => el('label', {}, el('input', { type: 'radio', name, value, checked: value === '', on: { change: () => choose(value) } }), ` ${text}`);
  return el('fieldset', { class: 'choice' }, el('legend', { text: legend }), one('', 'Tất cả'), values.map((value) => one(value, value)));
}

/** The papers to bring together, each with a box to tick, for the case that one chooses; printed alone. */
function checklist(procedure) {
  const part = procedure.parts.find(({ field }) => field === 'papers');
  const cases = [...new Set(procedure.papers.map((paper) => paper.case))];
  const special = cases.filter((name) => procedure.papers.some((paper) => paper.special && paper.case === name));
  const state = el('p', { class: 'result-count', role: 'status' });
  const groups = cases.map((name) => el('div', { class: 'papers-case', 'data-case': name }, name ? el('h3', { text: name }) : null,
    el('ul', { class: 'papers' }, procedure.papers.filter((paper) => paper.case === name).map((paper, index) => paperNode(paper, `paper-${cases.indexOf(name)}-${index}`)))));
  const section = el('section', { class: 'part checklist', 'aria-labelledby': 'part-papers' },
    el('h2', { id: 'part-papers' }, part.title, ' ', sourceLink(part.url, part.title)),
    el('p', { class: 'print-only' }, el('bdi', { text: procedure.title }), procedure.code === procedure.id ? '' : ` (mã ${procedure.code})`),
    procedure.papers.length ? [special.length > 1 ? choice('Trường hợp', 'case', special, (chosen) => {
      for (const group of groups) group.hidden = Boolean(chosen) && special.includes(group.dataset.case) && group.dataset.case !== chosen;
      count();
    }) : null, groups, el('div', { class: 'above-table' }, state, button('In danh mục giấy tờ', { class: 'button quiet', on: { click: printList } }))]
      : el('p', { class: 'none', text: 'Văn bản không có thông tin.' }));
  const count = () => {
    const boxes = groups.filter(({ hidden }) => !hidden).flatMap((group) => [...group.querySelectorAll('input')]);
    state.textContent = `Đã có ${boxes.filter(({ checked }) => checked).length} trong ${boxes.length} giấy tờ`;
  };
  section.addEventListener('change', count);
  count();
  return section;
}

function paperNode({ paper, copies, form, note, url }, id) {
  return el('li', {}, el('input', { type: 'checkbox', id }), el('div', {},
    el('label', { for: id }, el('bdi', { text: paper })),
    copies ? el('p', { class: 'small', text: copies }) : null,
    form ? el('p', { class: 'small', text: `Mẫu: ${form}` }) : null,
    note ? el('p', { class: 'small', text: note }) : null), sourceLink(url, paper));
}

/** The sheet holds the papers alone. */
function printList() {
  document.body.classList.add('printing-checklist');
  window.addEventListener('afterprint', () => document.body.classList.remove('printing-checklist'), { once: true });
  window.print();
}
