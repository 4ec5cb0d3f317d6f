// The source panel beside an answer: the document, with its formal name and the quoted words highlighted.

import { announce, button, el, symbol } from './dom.js';
import { layOut, utf16Offsets } from './layout.js';
import { documentUrl, formalDate, formalName, illustrativeBadge, shortName, UNTOLD } from './library.js';

const ILLUSTRATIVE = 'Văn bản minh họa, soạn làm mẫu cho phần mềm này; không phải bản chính thức.';
const CHANGED = 'Văn bản đã thay đổi từ khi có câu trả lời này; đoạn trích không còn nguyên văn trong đó.';

/** What the document is: its full title, issuer, date; `level` is the heading's tag. */
const aboutNodes = (document, level) => [
  el(level, { class: 'document-title', tabindex: '-1', text: document.title }),
  el('p', { class: 'document-facts', text: facts(document) }),
  document.illustrative ? el('p', { class: 'illustrative', text: ILLUSTRATIVE }) : null,
  ...document.health.notes.map((text) => el('p', { class: 'notice', text })),
];

const nameNodes = (document) => [shortName(document), ' ', document.illustrative ? illustrativeBadge() : null];
const placeNode = (address, page) =>
  el('p', { class: 'document-address' }, 'Trích tại ', el('strong', { text: address }), page ? `, trang ${page}` : '');
/** Day and standing stay above the text, which the jump to the quoted words scrolls. */
const standingNode = (document) =>
  el('p', { class: 'document-facts standing' }, [document.issued_on && `Ban hành ngày ${formalDate(document.issued_on)}`, document.status ?? UNTOLD].filter(Boolean).join(' · '));
const textNode = (document, span, level) =>
  el('article', { class: 'document-text' }, layOut(document.text, document.units, { span, level }));

function facts(document) {
  const dated = (words, day) => day && `${words} ${formalDate(day)}`;
  const effect = [dated('Có hiệu lực từ ngày', document.effective_from), dated('đến hết ngày', document.effective_to)];
  return [
    document.issuer,
    effect.filter(Boolean).join(' '),
    document.health.pages && `${document.health.pages} trang`,
  ].filter(Boolean).join(' · ');
}

/** A document may have been loaded again since the answer: the quote is then looked for, never assumed. */
function locate(text, span, quote) {
  const at = utf16Offsets(text);
  if (text.slice(at(span[0]), at(span[1])) === quote) return { span, changed: null };
  const index = text.indexOf(quote);
  if (index === -1) return { span: null, changed: CHANGED };
  const start = [...text.slice(0, index)].length;
  return { span: [start, start + [...quote].length], changed: null };
}

function showMark(root) {
  const mark = root.querySelector('mark');
  mark?.scrollIntoView({ block: 'center', behavior: 'instant' }); // smooth would travel a long document
  return mark;
}

/** Beside the chat on a wide screen, where the chat stays in use; over everything on a narrow one. */
export class SourcePanel {
  #dialog = document.getElementById('source');
  #wide = window.matchMedia('(min-width: 60rem)');
  #opener = null;
  #shown = '';

  constructor(library) {
    this.library = library;
    this.#wide.addEventListener('change', () => this.#dialog.open && this.#reopen());
    this.#dialog.addEventListener('close', () => this.#closed());
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !document.querySelector('.confirm[open]')) this.close();
    });
  }

  /** `citation` as the API gives it; `opener` gets the focus back. */
  async open(citation, opener) {
    this.#point(opener);
    this.#shown = `${citation.document_id} ${citation.start} ${citation.end}`;
    const wanted = this.#shown;
    if (!this.#dialog.open) {
      this.#fill(['Đang mở văn bản…'], [], []);
      this.#reopen();
    }
    try {
      const document = await this.library.open(citation.document_id);
      if (wanted === this.#shown) this.#draw(document, citation);
    } catch (error) {
      if (wanted === this.#shown) this.#failed(error, citation);
    }
  }

  close() {
    if (this.#dialog.open) this.#dialog.close();
  }

  /** The citation that is open is marked in the answer. */
  #point(opener) {
    this.#opener?.classList.remove('opened');
    this.#opener = opener;
    opener?.classList.add('opened');
  }

  #reopen() {
    if (this.#dialog.open) this.#dialog.close('reopen');
    document.body.classList.toggle('with-source', this.#wide.matches);
    if (this.#wide.matches) this.#dialog.show();
    else this.#dialog.showModal();
  }

  #draw(document, citation) {
    const { span, changed } = locate(document.text, [citation.start, citation.end], citation.quote);
    const actions = el('p', { class: 'document-actions' },
      el('a', { href: documentUrl(citation.document_id, ...(span ?? [])), 'data-route': true }, symbol('page'), 'Mở cả trang'),
      span ? button('Về đoạn trích', { class: 'link', on: { click: () => showMark(this.#dialog) } }) : null);
    const about = [...aboutNodes(document, 'h3'), changed ? el('p', { class: 'notice', text: changed }) : null];
    this.#fill(nameNodes(document), [placeNode(citation.address, citation.page), standingNode(document), actions], [...about, textNode(document, span, 3)]);
    if (!showMark(this.#dialog)) this.#dialog.querySelector('.source-body').scrollTop = 0;
    announce(`Đã mở ${formalName(document)}, ${citation.address}.`);
  }

  #failed(error, citation) {
    const missing = error.status === 404;
    const again = button('Thử lại', { class: 'button quiet', icon: 'again', on: { click: () => this.open(citation, this.#opener) } });
    this.#fill([missing ? 'Văn bản không còn trong kho' : 'Chưa mở được văn bản'], [placeNode(citation.address, citation.page)],
      [el('p', { class: 'notice', text: error.message }), el('blockquote', { text: citation.quote }), missing ? null : again]);
  }

  /** The name and place stay in sight above the text, which scrolls and takes the focus, so that arrow keys move it. */
  #fill(name, bar, body) {
    const naming = { type: 'button', class: 'icon-button close', 'aria-label': 'Đóng nguồn', title: 'Đóng (Esc)' };
    const close = el('button', { ...naming, on: { click: () => this.close() } }, symbol('close'));
    const scroller = el('div', { class: 'source-body', tabindex: '0', role: 'region', 'aria-label': 'Nội dung văn bản' }, body);
    this.#dialog.replaceChildren(el('div', { class: 'source-bar' }, el('h2', { id: 'source-title' }, name), ...bar, close), scroller);
    scroller.focus({ preventScroll: true });
  }

  #closed() {
    if (this.#dialog.returnValue === 'reopen') {
      this.#dialog.returnValue = '';
      return;
    }
    document.body.classList.remove('with-source');
    this.#shown = '';
    if (this.#opener?.isConnected) this.#opener.focus({ preventScroll: true });
    this.#point(null);
  }
}
