// A document as a page: what it is, its outline, its whole text; any place in it has an address, `/documents/ID#PATH`
// for a unit and `/documents/ID#START-END` for words.

import { announce, BASE, button, el, symbol } from './dom.js';
import { anchorOf, layOut } from './layout.js';
import { documentUrl, formalDate, illustrativeBadge, shortName } from './library.js';
import { inSlices } from './slices.js';

const ILLUSTRATIVE = 'Văn bản minh họa, soạn làm mẫu cho phần mềm này; không phải bản chính thức.';
const OUTLINED = ['phan', 'chuong', 'muc', 'tieu_muc', 'dieu', 'phu_luc'];
const FIRST_OUTLINED = 150; // drawn at once; the others follow
const LONGEST_LINE = 140; // characters of a line in the outline
const FEWEST_OUTLINED = 3;

export class ReaderView {
  #root = document.getElementById('reader');
  #shown = null;
  #id = null;

  constructor(library) {
    this.library = library;
  }

  /** Follows the address; the same document is not drawn again, only gone through. */
  async show({ id }) {
    const place = placeIn(window.location.hash);
    if (this.#shown?.id === id && !place?.span) {
      this.#goTo(place);
      return;
    }
    this.#id = id;
    this.#shown = null;
    this.#root.replaceChildren(back(), el('p', { class: 'waiting', role: 'status', text: 'Đang mở văn bản…' }));
    try {
      const opened = await this.library.open(id);
      if (this.#id !== id) return;
      await breath();
      if (this.#id !== id) return;
      this.#shown = opened;
      this.#draw(opened, place);
      await breath();
      if (this.#id !== id) return;
      if (place) this.#goTo(place);
      else window.scrollTo(0, 0);
    } catch (error) {
      if (this.#id !== id) return;
      const title = error.status === 404 ? 'Không có văn bản này' : 'Chưa mở được văn bản';
      this.#root.replaceChildren(back(), el('h1', { tabindex: '-1', text: title }), el('p', { class: 'notice', text: error.message }));
      if (error.status !== 404) throw error;
    }
  }

  #draw(opened, place) {
    document.title = `${shortName(opened)} – Hỏi đáp`;
    const unit = place?.span ? smallest(opened.units, place.span) : opened.units.find(({ path }) => path === place?.path);
    const text = el('article', { class: 'document-text', 'aria-label': 'Toàn văn' },
      layOut(opened.text, opened.units, { span: place?.span ?? null, level: 2, anchors: true, path: place?.path ?? null }));
    const outline = outlineOf(opened);
    const where = el('p', { class: 'document-address', role: 'status' });
    this.where = where;
    this.#root.replaceChildren(back(),
      el('header', { class: 'document-head' },
        el('p', { class: 'document-kind' }, el('bdi', { text: shortName(opened) }), ' ', opened.illustrative ? illustrativeBadge() : null),
        el('h1', { class: 'document-title', tabindex: '-1', text: opened.title }),
        opened.illustrative ? el('p', { class: 'illustrative', text: ILLUSTRATIVE }) : null,
        factsNode(opened), opened.health.notes.map((note) => el('p', { class: 'notice', text: note })),
        actionsNode(opened), where),
      el('div', { class: outline ? 'reading with-outline' : 'reading' }, outline, text));
    this.#told(unit);
  }

  #told(unit) {
    this.where.replaceChildren(...(unit ? ['Đang xem ', el('strong', { text: unit.address })] : []));
  }

  /** Waits for what is not drawn yet; the place takes the focus, so that the keyboard goes on from there. */
  #goTo(place, tries = 100) {
    if (!place) return;
    const id = this.#shown?.id;
    const found = place.span ? this.#root.querySelector('mark') : document.getElementById(anchorOf(place.path));
    if (!found) {
      if (tries) setTimeout(() => this.#shown?.id === id && this.#goTo(place, tries - 1), 50);
      return;
    }
    this.#root.querySelector('.here')?.classList.remove('here');
    const line = place.span ? found.closest('p, h2, h3, tr') ?? found : found;
    if (!place.span) line.classList.add('here');
    line.tabIndex = -1;
    line.focus({ preventScroll: true });
    found.scrollIntoView({ block: place.span ? 'center' : 'start', behavior: 'instant' }); // smooth would travel a long document
    const unit = place.span ? smallest(this.#shown.units, place.span) : this.#shown.units.find(({ path }) => path === place.path);
    this.#told(unit);
  }
}

/** Between the reading, the drawing and the scrolling of a long text the page may answer. */
const breath = () => new Promise((resolve) => { setTimeout(resolve); });

const back = () => el('p', { class: 'back' }, el('a', { href: `${BASE}documents`, 'data-route': true, text: '← Tất cả văn bản' }));

/** `{span}` for `#START-END`, `{path}` for the path of a unit, null for neither. */
function placeIn(hash) {
  const [, start, end] = /^#(\d+)-(\d+)$/.exec(hash) ?? [];
  if (start !== undefined) return { span: [Number(start), Number(end)] };
  if (hash.length < 2) return null;
  try {
    return { path: decodeURIComponent(hash.slice(1)) };
  } catch {
    return null;
  }
}

const smallest = (units, [start, end]) => units.findLast((unit) => unit.start <= start && end <= unit.end);

function factsNode(opened) {
  const effect = [
    opened.effective_from && `từ ngày ${formalDate(opened.effective_from)}`,
    opened.effective_to && `đến hết ngày ${formalDate(opened.effective_to)}`,
  ].filter(Boolean).join(' ');
  const { format, pages, scanned } = opened.health;
  const file = [format.toUpperCase(), pages && `${pages} trang`, scanned.length && `${scanned.length} trang nhận dạng từ ảnh`].filter(Boolean).join(', ');
  const facts = [
    ['Cơ quan ban hành', opened.issuer],
    ['Ngày ban hành', opened.issued_on && formalDate(opened.issued_on)],
    ['Hiệu lực', effect],
    ['Tình trạng', opened.status],
    ['Thời kỳ', opened.period],
    ['Tệp', file],
  ].filter(([, value]) => value);
  return el('dl', { class: 'facts' }, facts.map(([name, value]) => el('div', {}, el('dt', { text: name }), el('dd', { text: value }))));
}

function actionsNode(opened) {
  const path = `${BASE}api/documents/${encodeURIComponent(opened.id)}`;
  return el('div', { class: 'document-actions' },
    opened.original
      ? el('a', { href: `${path}/original`, download: opened.original }, symbol('page'), `Tải bản gốc (${opened.original.split('.').at(-1).toUpperCase()})`)
      : null,
    el('a', { href: `${path}/text`, download: `${opened.id}.txt` }, opened.original ? 'Tải phần chữ' : 'Tải phần chữ (máy chủ không giữ bản gốc)'),
    button('In', { class: 'link', on: { click: () => window.print() } }),
    button('Chép liên kết', { class: 'link', on: { click: copyLink } }));
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(window.location.href);
    announce('Đã chép liên kết.');
  } catch {
    window.prompt('Liên kết đến chỗ này:', window.location.href);
  }
}

/** The document's own headings and articles; null where there are too few to help. */
function outlineOf(opened) {
  const units = opened.units.filter(({ kind }) => OUTLINED.includes(kind));
  if (units.length < FEWEST_OUTLINED) return null;
  const depths = new Map();
  const line = (unit) => {
    const depth = depths.has(unit.parent) ? depths.get(unit.parent) + 1 : 0;
    depths.set(unit.path, depth);
    return el('li', { class: `outline-${Math.min(depth, 3)}` },
      el('a', { href: `${documentUrl(opened.id)}#${encodeURI(unit.path)}`, 'data-route': true, text: titleOf(opened, unit) }));
  };
  const list = el('ol', {}, units.slice(0, FIRST_OUTLINED).map(line));
  inSlices(units.slice(FIRST_OUTLINED), (unit) => list.append(line(unit)), () => list.isConnected);
  // Open where there is room for it beside the text.
  return el('details', { class: 'outline', open: window.matchMedia('(min-width: 64rem)').matches },
    el('summary', { text: 'Mục lục' }), el('nav', { 'aria-label': 'Mục lục' }, list));
}

function titleOf(opened, { start, head, address }) {
  // Offsets count code points; the few letters beyond U+FFFF of a text are not worth a count for each line.
  const title = opened.text.slice(start, head).split('\n')[0].trim();
  const shown = title.length > LONGEST_LINE ? `${title.slice(0, LONGEST_LINE)}…` : title;
  return shown || address;
}
