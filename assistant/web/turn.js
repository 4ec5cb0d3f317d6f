// One question and its answer on the page: waiting, streaming, finished, stopped or failed.

import { AnswerText, plainText, spokenText } from './answer.js';
import { announce, BASE, button, el, symbol } from './dom.js';
import { thumbs } from './feedback.js';
import { documentUrl, formalName, illustrativeBadge, sourceName } from './library.js';

const LABELS = {
  waiting: ['Đang tìm', null],
  streaming: ['Đang trả lời', null],
  answered: ['Trả lời', null],
  not_found: ['Không tìm thấy trong các văn bản đã nạp', 'missing'],
  clarify: ['Xin hỏi lại cho rõ', 'ask'],
  declined: ['Câu này nằm ngoài phạm vi trả lời', 'missing'],
  failed: ['Chưa trả lời được', 'warning'],
  stopped: ['Đã dừng', 'stop'],
};
const MODES = {
  ledger: 'Tổng hợp từ các chỉ tiêu, kết quả, nhiệm vụ ghi trong văn bản',
  procedure: 'Lấy từ nội dung thủ tục hành chính',
  extractive: 'Trích nguyên văn từ văn bản',
  llm: 'Mô hình ngôn ngữ soạn; từng câu đã được đối chiếu với nguồn',
};
const SUGGESTING = { clarify: 'Ý bạn là', not_found: 'Có thể hỏi', declined: 'Có thể hỏi' };
// The server will not take this question however often it is sent.
const REFUSED = new Set([400, 413, 422]);
const UNFINISHED = 'Phần trên chưa hết và chưa được đối chiếu xong với nguồn.';
// More sources than this are folded away below the first ones.
const SCANNED = 'Có đoạn trích do máy nhận dạng từ trang quét nên có thể sai; hãy đối chiếu số liệu với bản gốc.';
const SOURCES_SHOWN = 4;
const COPIED_FOR = 2500;
const SHARE = 'Chép liên kết câu hỏi';

export class Turn {
  #text = '';
  #citations = new Map();

  /** `actions` holds what the page does on request: `open(citation, opener)`, `ask(question)`, `retry(turn)`, `edit(question)`. */
  constructor(question, library, actions) {
    this.question = question;
    this.library = library;
    this.actions = actions;
    this.undelivered = false;
    this.resent = false;
    this.#build();
    this.begin();
  }

  #build() {
    this.label = el('p', { class: 'answer-label' });
    this.status = el('p', { class: 'answer-status' });
    this.body = el('div', { class: 'answer-text' });
    this.after = el('div', { class: 'answer-after' });
    this.answer = el('div', { class: 'answer' }, this.label, this.status, this.body, this.after);
    this.heading = el('h2', { class: 'question', tabindex: '-1' }, el('span', { class: 'visually-hidden', text: 'Bạn hỏi: ' }), this.question);
    this.element = el('article', { class: 'turn' }, this.heading, this.answer);
    this.drawn = new AnswerText(this.body, { known: (number) => this.#citations.has(number), marker: (number) => this.#marker(number) });
  }

  begin() {
    this.#text = '';
    this.#citations.clear();
    this.undelivered = false;
    this.drawn.draw('');
    this.after.replaceChildren();
    this.#state('waiting');
    this.#say('Đang gửi câu hỏi…');
  }

  /** One event of the stream; `done` is for `finish`. */
  take(event, data) {
    if (event === 'status') this.#say(data.text);
    else if (event === 'delta') this.#draw(this.#text + data.text);
    else if (event === 'replace') this.#draw(data.text);
    else if (event === 'citation') this.#cite(data);
  }

  finish(answer, { quietly = false } = {}) {
    this.#citations = new Map(answer.citations.map((citation) => [citation.marker, citation]));
    this.#text = answer.text;
    this.drawn.draw(answer.text);
    this.#state(answer.status);
    this.#say('');
    this.after.replaceChildren(...[this.#sources(), this.#foot(answer), this.#judging(answer), this.#suggestions(answer)].filter(Boolean));
    if (!quietly) announce(`${LABELS[answer.status][0]}. ${spokenText(answer.text)} ${answer.citations.length} trích dẫn.`);
  }

  stop() {
    this.#state('stopped');
    this.#say('');
    const text = this.#text ? UNFINISHED : 'Câu hỏi chưa được trả lời.';
    this.after.replaceChildren(el('p', { class: 'notice', text }), this.#retryButton('Hỏi lại'));
    announce('Đã dừng câu trả lời.');
  }

  fail(error) {
    this.undelivered = error.begun === false;
    this.#state('failed');
    this.#say('');
    const wait = error.retryAfter ? `Có thể thử lại sau ${error.retryAfter} giây.` : '';
    const later = this.undelivered && !this.resent ? 'Câu hỏi sẽ tự gửi lại khi kết nối được.' : '';
    const text = [error.message, this.#text && UNFINISHED, wait, later].filter(Boolean).join(' ');
    const refused = REFUSED.has(error.status);
    this.after.replaceChildren(el('p', { class: 'notice', text }), refused ? this.#editButton() : this.#retryButton('Thử lại'));
    announce(`Chưa trả lời được. ${error.message}`);
  }

  #state(state) {
    const [text, icon] = LABELS[state];
    this.answer.dataset.state = state;
    this.answer.setAttribute('aria-busy', String(state === 'waiting' || state === 'streaming'));
    this.label.replaceChildren(...[icon && symbol(icon), text].filter(Boolean));
  }

  #say(text) {
    this.status.textContent = text;
    this.status.hidden = !text;
    if (text) announce(text);
  }

  #draw(text) {
    if (!this.#text) {
      this.#state('streaming');
      this.#say('');
    }
    this.#text = text;
    this.drawn.draw(text);
  }

  #cite(citation) {
    this.#citations.set(citation.marker, citation);
    this.drawn.draw(this.#text);
  }

  #marker(number) {
    const citation = this.#citations.get(number);
    const label = `Nguồn ${number}: ${citation.address}, ${this.#nameOf(citation)}`;
    const bracket = (text) => el('span', { class: 'bracket', text }); // seen only by copying
    return el('button', { type: 'button', class: 'marker', 'aria-label': label, title: label, on: this.#opens(citation) },
      bracket('['), String(number), bracket(']'));
  }

  #opens(citation) {
    return { click: (event) => this.actions.open(citation, event.currentTarget) };
  }

  #nameOf(citation) {
    const document = this.library.find(citation.document_id);
    return document ? sourceName(document) : citation.document_title;
  }

  #sources() {
    if (!this.#citations.size) return null;
    const citations = [...this.#citations.values()];
    const rest = citations.slice(SOURCES_SHOWN);
    const illustrative = citations.some((each) => this.library.find(each.document_id)?.illustrative);
    return el('section', { class: 'sources' },
      el('h3', { text: 'Nguồn' }),
      this.#sourceList(citations.slice(0, SOURCES_SHOWN)),
      rest.length ? el('details', {}, el('summary', { text: `Xem thêm ${rest.length} nguồn` }), this.#sourceList(rest)) : null,
      illustrative ? el('p', { class: 'illustrative' }, illustrativeBadge(), ' Có nguồn là văn bản soạn làm mẫu, không phải bản chính thức.') : null,
      citations.some((each) => each.scanned) ? el('p', { class: 'notice', text: SCANNED }) : null);
  }

  /** Grouped by document: its name stands once above the places quoted from it. */
  #sourceList(citations) {
    const documents = [...new Set(citations.map((citation) => citation.document_id))];
    return el('ul', {}, documents.map((id) => {
      const members = citations.filter((citation) => citation.document_id === id);
      const badge = this.library.find(id)?.illustrative ? illustrativeBadge() : null;
      return el('li', {},
        el('p', { class: 'source-document' }, this.#nameOf(members[0]), ' ', badge),
        el('ul', {}, members.map((citation) => el('li', {}, this.#chip(citation)))));
    }));
  }

  #chip(citation) {
    const read = citation.scanned && 'chữ nhận dạng từ ảnh';
    const place = [citation.address, citation.page && `trang ${citation.page}`, read].filter(Boolean).join(', ');
    const answer = squeezed(spokenText(this.#text));
    return el('button', { type: 'button', class: 'source-chip', on: this.#opens(citation) },
      el('span', { class: 'marker' }, el('span', { class: 'visually-hidden', text: 'Mở nguồn ' }), String(citation.marker)),
      el('span', { class: 'source-name' },
        el('span', { text: place }),
        answer.includes(squeezed(citation.quote)) ? null : el('q', { class: 'source-quote' }, cellsOf(citation.quote))));
  }

  #foot({ status, mode }) {
    if (status === 'clarify' || status === 'declined') return null;
    const label = this.#citations.size ? 'Sao chép kèm nguồn' : 'Sao chép';
    const copy = button(label, { class: 'link', icon: 'copy', on: { click: () => this.#copy(copy, label, this.#formalText()) } });
    const share = button(SHARE, { class: 'link', icon: 'link', on: { click: () => this.#copy(share, SHARE, this.#link(), 'link') } });
    return el('p', { class: 'answer-foot' }, copy, share, status === 'answered' ? el('span', { class: 'mode', text: MODES[mode] ?? '' }) : null);
  }

  /** The address that asks this question. */
  #link() {
    return `${window.location.origin}${BASE}?${new URLSearchParams({ q: this.question })}`;
  }

  #judging({ status, message_id: id }) {
    return id && (status === 'answered' || status === 'not_found') ? thumbs(id) : null;
  }

  #suggestions({ status, suggestions }) {
    if (!suggestions?.length) return null;
    const items = suggestions.map((text) => el('li', {}, button(text, { class: 'suggestion', on: { click: () => this.actions.ask(text) } })));
    return el('section', { class: 'suggestions' }, el('h3', { text: SUGGESTING[status] ?? 'Hỏi tiếp' }), el('ul', {}, items));
  }

  #retryButton(label) {
    return button(label, { class: 'button quiet', icon: 'again', on: { click: () => this.actions.retry(this) } });
  }

  #editButton() {
    return button('Sửa câu hỏi', { class: 'button quiet', on: { click: () => this.actions.edit(this.question) } });
  }

  async #copy(copy, label, what, icon = 'copy') {
    const done = await copyText(what);
    const text = done ? 'Đã sao chép' : 'Trình duyệt không cho sao chép';
    copy.replaceChildren(symbol(done ? 'check' : 'warning'), el('span', { text }));
    announce(text);
    setTimeout(() => copy.replaceChildren(symbol(icon), el('span', { text: label })), COPIED_FOR);
  }

  #formalText() {
    const sources = [...this.#citations.values()].map((citation) => {
      const document = this.library.find(citation.document_id);
      const name = document ? formalName(document) : citation.document_title;
      const note = document?.illustrative ? ' (văn bản minh họa)' : '';
      const url = new URL(documentUrl(citation.document_id, citation.start, citation.end), window.location.origin);
      return `[${citation.marker}] ${citation.address}, ${name}${note}: “${citation.quote}” ${url}`;
    });
    return [`Hỏi: ${this.question}`, plainText(this.#text), ...(sources.length ? ['', 'Nguồn:', ...sources] : [])].join('\n');
  }
}

/** A quoted table row: the bars between its cells stand back. */
const cellsOf = (quote) => quote.split(/(?<= )(\|)(?= )/).map((part) => (part === '|' ? el('span', { class: 'bar', text: part }) : part));

const squeezed = (text) => text.replace(/\s+/g, ' ').trim();

/** Pages served over plain HTTP have no clipboard interface; the old command still works there. */
async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const focused = document.activeElement;
  const box = el('textarea', { class: 'visually-hidden', 'aria-hidden': 'true' });
  box.value = text;
  document.body.append(box);
  box.select();
  const done = document.execCommand('copy');
  box.remove();
  focused.focus();
  return done;
}
