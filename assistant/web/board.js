// The ledger's board: targets beside what is reported of them, tasks by who does them; filtered, sorted, taken along.

import { changeQuery, query, settled, within } from './address.js';
import { json } from './api.js';
import { chartNode } from './chart.js';
import { BASE, button, el } from './dom.js';
import { formalDate } from './library.js';
import { inSlices } from './slices.js';

const PAGE = 500; // rows asked for at a time; the first come sooner
const FIRST_PAGE = 60;
const GROUP = 10; // rows laid out together
const percent = new Intl.NumberFormat('vi-VN', { style: 'percent', maximumFractionDigits: 1 });
const FILTERS = ['view', 'q', 'agency', 'role', 'state', 'document', 'period', 'sort', 'desc'];
const ROLES = { '': 'Mọi vai trò', lead: 'Chủ trì', coordinate: 'Phối hợp', monitor: 'Theo dõi, đôn đốc' };
const VIEWS = {
  targets: {
    name: 'Chỉ tiêu',
    noun: 'chỉ tiêu',
    states: { met: 'Đạt', unmet: 'Chưa đạt', none: 'Chưa có số liệu' },
    columns: [['Chỉ tiêu', 'about'], ['Mục tiêu', 'due'], ['Kết quả', null], ['Mức đạt', 'share'], ['Trạng thái', 'state']],
    row: targetCells,
  },
  tasks: {
    name: 'Nhiệm vụ',
    noun: 'nhiệm vụ',
    states: { past: 'Thời hạn đã qua', coming: 'Chưa đến hạn', undated: 'Không ghi ngày' },
    columns: [['Nhiệm vụ', 'about'], ['Chủ trì', 'lead'], ['Phối hợp, theo dõi', null], ['Thời hạn', 'due'], ['Sản phẩm', null]],
    row: taskCells,
  },
};

export class BoardView {
  #root = document.getElementById('board');
  #parts = null;
  #asked = 0;
  #facets = '';
  #loaded = null;
  #dialog = null;

  /** Shows what the address asks for. */
  show() {
    this.#build();
    const { search, period } = this.#parts;
    search.value = query().get('q') ?? '';
    period.value = query().get('period') ?? '';
    if (this.#loaded !== `${this.#view} ${wanted()}`) this.#load(); // a chart opens and closes over the same rows
    this.#chart();
  }

  get #view() {
    return VIEWS[query().get('view')] ? query().get('view') : 'targets';
  }

  #build() {
    if (this.#parts) return;
    const search = el('input', { id: 'board-search', type: 'search', autocomplete: 'off', spellcheck: 'false' });
    const period = el('input', { id: 'board-period', type: 'text', autocomplete: 'off', placeholder: 'ví dụ: 2025, quý II/2025' });
    const [agency, role, source] = ['agency', 'role', 'document'].map((name) => el('select', { id: `board-${name}` }));
    role.append(...Object.entries(ROLES).map(([value, text]) => el('option', { value, text })));
    for (const [name, input] of Object.entries({ q: search, period })) {
      const look = settled(() => this.#load());
      input.addEventListener('input', () => {
        changeQuery({ [name]: input.value.trim() });
        look();
      });
    }
    for (const [name, select] of Object.entries({ agency, role, document: source })) select.addEventListener('change', () => this.#choose({ [name]: select.value }));
    const views = el('div', { class: 'tabs' });
    const roleField = field('Vai trò', role);
    const form = el('form', { class: 'filters', role: 'search', on: { submit: (event) => event.preventDefault() } },
      field('Tìm trong chỉ tiêu, nhiệm vụ', search, 'wide'), field('Cơ quan', agency), roleField, field('Văn bản', source), field('Kỳ, thời hạn', period));
    const states = el('div', { class: 'states', role: 'group', 'aria-label': 'Lọc theo trạng thái' });
    const count = el('p', { class: 'result-count', role: 'status' });
    const take = el('p', { class: 'take' });
    const table = el('div', { class: 'board-table' });
    this.#root.replaceChildren(el('h1', { id: 'board-title', tabindex: '-1', text: 'Theo dõi' }),
      el('p', { class: 'page-lead', text: 'Chỉ tiêu đặt cạnh kết quả đã báo cáo; nhiệm vụ theo cơ quan và thời hạn. Mỗi dòng mở được đúng chỗ trong văn bản.' }),
      views, form, states, el('div', { class: 'above-table' }, count, take), table);
    this.#parts = { search, period, agency, role, roleField, source, views, states, count, take, table };
  }

  #choose(changes) {
    changeQuery(changes, { step: true });
    this.#load();
  }

  async #load() {
    this.#asked += 1;
    const asked = this.#asked;
    const view = this.#view;
    const { table, count } = this.#parts;
    this.#loaded = `${view} ${wanted()}`;
    this.#drawViews(view);
    table.setAttribute('aria-busy', 'true');
    try {
      const found = await json(`api/board/${view}?${wanted({ limit: FIRST_PAGE })}`);
      if (asked !== this.#asked) return;
      this.#drawFacets(view, found.facets);
      this.#drawTotals(view, found);
      this.#drawTable(view, found);
      await this.#loadRest(view, found, asked);
    } catch (error) {
      if (asked !== this.#asked) return;
      this.#loaded = null;
      count.textContent = '';
      table.replaceChildren(el('p', { class: 'notice' }, `Chưa lấy được sổ theo dõi. ${error.message} `, button('Thử lại', { class: 'link', on: { click: () => this.#load() } })));
    } finally {
      if (asked === this.#asked) table.removeAttribute('aria-busy');
    }
  }

  /** All rows come onto the page, some at a time: find, select and print know them all, and scrolling has no end to wait for. */
  async #loadRest(view, { total, rows }, asked) {
    for (let offset = rows.length; offset < total; offset += PAGE) {
      const more = await json(`api/board/${view}?${wanted({ limit: PAGE, offset })}`);
      if (asked !== this.#asked) return;
      this.#append(view, more.rows, asked);
    }
  }

  #drawViews(view) {
    this.#parts.views.replaceChildren(...Object.entries(VIEWS).map(([id, { name }]) =>
      el('a', { href: `${BASE}board${id === 'targets' ? '' : `?view=${id}`}`, 'data-route': true, 'aria-current': id === view ? 'true' : null, text: name })));
    this.#parts.roleField.hidden = view !== 'tasks';
  }

  #drawFacets(view, facets) {
    const { agency, role, source } = this.#parts;
    if (this.#facets !== view) {
      options(agency, 'Mọi cơ quan', facets.agencies.map((name) => [name, name]));
      options(source, 'Mọi văn bản', facets.documents.map(({ id, name }) => [id, name]));
      this.#facets = view;
    }
    choose(agency, query().get('agency'));
    choose(source, query().get('document'));
    choose(role, query().get('role'));
  }

  #drawTotals(view, { total, counts }) {
    const { states, count, take } = this.#parts;
    const { noun } = VIEWS[view];
    const chosen = query().get('state') ?? '';
    const focused = states.contains(document.activeElement) ? document.activeElement.dataset.state : null;
    const every = Object.values(counts).reduce((sum, each) => sum + each, 0);
    const one = (state, name, size) => el('button', { type: 'button', class: `state state-${state || 'all'}`, 'data-state': state, 'aria-pressed': String(chosen === state), on: { click: () => this.#choose({ state }) } },
      el('span', { class: 'state-count', text: String(size) }), el('span', { text: name }));
    states.replaceChildren(one('', 'Tất cả', every), ...Object.entries(VIEWS[view].states).map(([state, name]) => one(state, name, counts[state] ?? 0)));
    if (focused !== null) states.querySelector(`[data-state="${focused}"]`)?.focus();
    count.textContent = `${total} ${noun}`;
    take.replaceChildren('Tải về: ', ...['csv', 'xlsx'].map((kind) =>
      el('a', { href: `${BASE}api/board/${view}.${kind}?${wanted()}`, download: true, text: kind === 'csv' ? 'CSV' : 'Excel' })), button('In', { class: 'link', on: { click: () => window.print() } }));
  }

  #drawTable(view, { total, rows }) {
    const { table } = this.#parts;
    if (!total) {
      table.replaceChildren(el('p', { class: 'empty' }, el('strong', { text: `Không có ${VIEWS[view].noun} nào khớp.` }), ' Hãy bớt điều kiện lọc hoặc ', el('a', { href: `${BASE}board${view === 'targets' ? '' : `?view=${view}`}`, 'data-route': true, text: 'xem tất cả' }), '.'));
      return;
    }
    const focused = table.contains(document.activeElement) ? document.activeElement.dataset.sort : null;
    table.replaceChildren(el('div', { class: `rows ${view}`, role: 'table', 'aria-label': VIEWS[view].name, 'aria-rowcount': String(total + 1) },
      el('div', { class: 'row-group head', role: 'rowgroup' }, el('div', { class: 'row', role: 'row' }, VIEWS[view].columns.map((column) => this.#header(column))))));
    this.#append(view, rows, this.#asked);
    if (focused) table.querySelector(`[data-sort="${focused}"]`)?.focus();
  }

  #header([name, sort]) {
    if (!sort) return el('div', { role: 'columnheader', text: name });
    const sorted = query().get('sort') === sort;
    const descending = sorted && query().get('desc') === '1';
    const next = sorted ? { sort: descending ? '' : sort, desc: descending ? '' : '1' } : { sort, desc: '' };
    return el('div', { role: 'columnheader', 'aria-sort': sorted ? (descending ? 'descending' : 'ascending') : 'none' },
      el('button', { type: 'button', class: 'sort', 'data-sort': sort, on: { click: () => this.#choose(next) } }, name,
        el('span', { class: 'arrow', 'aria-hidden': 'true', text: sorted ? (descending ? '▼' : '▲') : '↕' })));
  }

  #append(view, rows, asked) {
    const table = this.#parts.table.firstElementChild;
    const groups = Array.from({ length: Math.ceil(rows.length / GROUP) }, (_, index) => rows.slice(index * GROUP, (index + 1) * GROUP));
    const names = VIEWS[view].columns.map(([name]) => name);
    const draw = (group) => table.append(el('div', { class: 'row-group', role: 'rowgroup' }, group.map((row) =>
      el('div', { class: 'row', role: 'row' }, VIEWS[view].row(row).map((content, index) => el('div', { role: 'cell', 'data-column': names[index] }, content))))));
    if (table.querySelectorAll('.row-group').length === 1) draw(groups.shift());
    inSlices(groups, draw, () => asked === this.#asked);
  }

  /** The chart that the address names, over the board. */
  async #chart() {
    const id = query().get('chart');
    if (!id) {
      this.#dialog?.close('left');
      return;
    }
    if (this.#dialog) return;
    const opener = document.activeElement;
    const dialog = el('dialog', { class: 'chart-dialog', 'aria-labelledby': 'chart-title' }, el('p', { class: 'waiting', text: 'Đang vẽ biểu đồ…' }));
    this.#dialog = dialog;
    dialog.addEventListener('close', () => {
      this.#dialog = null;
      dialog.remove();
      if (query().get('chart')) changeQuery({ chart: '' });
      if (opener?.isConnected) opener.focus();
    });
    this.#root.append(dialog);
    dialog.showModal();
    try {
      const series = await json(`api/board/series/${encodeURIComponent(id)}`);
      dialog.replaceChildren(el('div', { class: 'chart-head' },
        el('h2', { id: 'chart-title', tabindex: '-1' }, el('bdi', { text: series.name }), series.unit && el('span', { class: 'unit', text: ` (${[series.unit, series.scope].filter(Boolean).join(', ')})` })),
        button('Đóng', { class: 'button quiet', on: { click: () => dialog.close() } })), chartNode(series));
      dialog.querySelector('h2').focus();
    } catch (error) {
      dialog.replaceChildren(el('h2', { id: 'chart-title', text: 'Chưa có biểu đồ' }), el('p', { class: 'notice', text: error.message }), button('Đóng', { class: 'button quiet', on: { click: () => dialog.close() } }));
    }
  }
}

function wanted(more = {}) {
  const values = new URLSearchParams();
  for (const name of FILTERS) {
    const value = query().get(name);
    if (value && name !== 'view') values.set(name, value);
  }
  for (const [name, value] of Object.entries(more)) values.set(name, String(value));
  return values;
}

function field(label, control, kind = '') {
  return el('div', { class: `field ${kind}` }, el('label', { for: control.id, text: label }), control);
}

function options(select, every, values) {
  select.replaceChildren(el('option', { value: '', text: every }), ...values.map(([value, text]) => el('option', { value, text })));
}

/** A value that is none of the list's stands there all the same: it does filter. */
function choose(select, value) {
  select.value = value ?? '';
  if (value && select.selectedIndex === -1) {
    select.append(el('option', { value, text: value }));
    select.value = value;
  }
}

const sourceLink = (url, text, label = null) => el('a', { class: 'source-link', href: within(BASE, url), 'data-route': true, 'aria-label': label, text });

function targetCells(row) {
  const source = [row.document, row.address].filter(Boolean).join(', ');
  return [
    [el('p', { class: 'about' }, el('bdi', { text: row.about })), row.monitor?.length ? el('p', { class: 'small', text: `Theo dõi: ${row.monitor.join('; ')}` }) : null,
      el('p', { class: 'small' }, sourceLink(row.url, source), row.series ? [' · ', el('a', { href: chartUrl(row.series), 'data-route': true, 'aria-label': `Biểu đồ ${row.about}`, text: 'Biểu đồ' })] : null)],
    [el('p', { class: 'value', text: row.written }), el('p', { class: 'small', text: [row.when, row.scope].filter(Boolean).join(', ') })],
    row.result_url
      ? [el('p', { class: 'value', text: row.state === 'none' ? '' : row.result_written }),
        row.state === 'none' ? el('p', { class: 'small' }, `Không so được: ${row.why} (${row.result_written}${row.result_when ? `, ${row.result_when}` : ''})`) : el('p', { class: 'small', text: row.result_when ?? '' }),
        el('p', { class: 'small' }, sourceLink(row.result_url, [row.result_document, row.result_address].filter(Boolean).join(', '), `Nguồn của kết quả: ${row.result_document}, ${row.result_address ?? ''}`))]
      : [el('p', { class: 'small none', text: 'Không thấy kết quả báo cáo' })],
    'share' in row ? [el('progress', { max: '1', value: String(row.share), 'aria-label': `Mức đạt của ${row.about}` }), el('p', { class: 'small', text: percent.format(row.share) })] : [el('p', { class: 'small none', text: '–' })],
    [el('span', { class: `badge-state is-${row.state}`, text: row.state_name })],
  ];
}

function taskCells(row) {
  return [
    [el('p', { class: 'about' }, el('bdi', { text: row.about })), row.group ? el('p', { class: 'small', text: row.group }) : null,
      el('p', { class: 'small' }, sourceLink(row.url, [row.document, row.address].filter(Boolean).join(', ')))],
    [names(row.lead)],
    [names(row.coordinate), row.monitor?.length ? el('p', { class: 'small', text: `Theo dõi: ${row.monitor.join('; ')}` }) : null],
    [row.due ? el('p', {}, el('time', { datetime: row.due, text: formalDate(row.due) }), row.state === 'past' ? el('span', { class: 'small over', text: ' đã qua' }) : null) : null,
      row.when ? el('p', { class: 'small', text: row.when }) : row.due ? null : el('p', { class: 'small none', text: 'không ghi' })],
    [el('p', { class: row.deliverable ? '' : 'small none', text: row.deliverable ?? '–' })],
  ];
}

function names(values) {
  return values?.length ? el('ul', { class: 'names' }, values.map((name) => el('li', { text: name }))) : el('p', { class: 'small none', text: 'không ghi' });
}

function chartUrl(series) {
  const values = query();
  values.set('chart', series);
  return `${BASE}board?${values}`;
}
