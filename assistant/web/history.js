// Earlier conversations: opened, found by their words, renamed, kept as a file, deleted. The browser keeps their ids,
// which are what makes them this person's; everything else is the server's.

import { deleteConversation, listConversations, renameConversation } from './api.js';
import { settled, within } from './address.js';
import { announce, BASE, button, el, symbol } from './dom.js';
import { local } from './store.js';

const KEPT = 'hoidap.conversations';
const MOST = 200;
const LONGEST_TITLE = 120;
const WHEN = new Intl.DateTimeFormat('vi-VN', { day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit' });

const ids = () => {
  try {
    return JSON.parse(local.get(KEPT) ?? '[]').filter((id) => typeof id === 'string');
  } catch {
    return []; // not ours, or broken: the list starts anew
  }
};
const keep = (list) => local.set(KEPT, JSON.stringify(list.slice(0, MOST)));

/** The latest first. */
export const remember = (id) => keep([id, ...ids().filter((each) => each !== id)]);
export const forget = (id) => keep(ids().filter((each) => each !== id));

export class History {
  #dialog = document.getElementById('history');
  #list = el('ul', { class: 'history-list' });
  #search = el('input', { type: 'search', id: 'history-search', placeholder: 'Tìm trong các cuộc trò chuyện' });

  /** `open(id)` shows a conversation; `gone(id)` is called after one was deleted. */
  constructor({ open, gone }) {
    this.open = open;
    this.gone = gone;
    const close = el('button', { type: 'button', class: 'button quiet', 'aria-label': 'Đóng danh sách', on: { click: () => this.#dialog.close() } }, symbol('close'));
    this.#dialog.append(
      el('header', {}, el('h2', { id: 'history-title', text: 'Các cuộc trò chuyện' }), close),
      el('label', { class: 'visually-hidden', for: 'history-search', text: 'Tìm trong các cuộc trò chuyện' }),
      this.#search,
      this.#list,
      el('p', { class: 'small', text: 'Danh sách này chỉ có trên trình duyệt bạn đang dùng.' }));
    this.#search.addEventListener('input', settled(() => this.#draw()));
    this.#dialog.addEventListener('click', (event) => event.target === this.#dialog && this.#dialog.close());
    document.getElementById('open-history').addEventListener('click', () => this.show());
  }

  async show() {
    this.#search.value = '';
    this.#dialog.showModal();
    await this.#draw();
  }

  async #draw() {
    const known = ids();
    const words = this.#search.value.trim();
    let found = [];
    try {
      if (known.length) found = await listConversations(known, words);
    } catch (error) {
      this.#say(error.message);
      return;
    }
    if (!words) keep(found.map(({ id }) => id)); // those deleted elsewhere go
    this.#list.replaceChildren(...found.map((each) => this.#item(each)));
    if (!found.length) this.#say(words ? 'Không có cuộc trò chuyện nào chứa các chữ này.' : 'Chưa có cuộc trò chuyện nào.');
    else announce(`${found.length} cuộc trò chuyện`);
  }

  #say(text) {
    this.#list.replaceChildren(el('li', { class: 'notice', role: 'status', text }));
  }

  #item(conversation) {
    const { id, title, updated, questions } = conversation;
    const file = (kind, label) => el('a', { href: within(BASE, `/api/conversations/${encodeURIComponent(id)}/export.${kind}`), download: '', 'aria-label': `Tải “${title}” dạng ${label}`, text: label });
    const item = el('li', {},
      el('button', { type: 'button', class: 'history-open', on: { click: () => this.#chosen(id) } },
        el('span', { class: 'history-name', text: title }),
        el('span', { class: 'small', text: `${questions} câu hỏi, ${WHEN.format(new Date(updated))}` })),
      el('p', { class: 'history-actions' },
        button('Đổi tên', { class: 'link', 'aria-label': `Đổi tên “${title}”`, on: { click: () => this.#rename(item, conversation) } }),
        file('md', 'Markdown'),
        file('docx', 'Word'),
        button('Xóa', { class: 'link', 'aria-label': `Xóa “${title}”`, on: { click: () => this.#confirm(item, conversation) } })));
    return item;
  }

  #chosen(id) {
    this.#dialog.close();
    this.open(id);
  }

  #rename(item, conversation) {
    const box = el('input', { type: 'text', maxlength: String(LONGEST_TITLE), required: true, 'aria-label': 'Tên mới' });
    box.value = conversation.title;
    const form = el('form', { class: 'history-form' }, box,
      el('button', { class: 'button quiet', text: 'Lưu' }),
      button('Thôi', { class: 'link', on: { click: () => this.#restore(item, conversation) } }));
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const title = box.value.trim();
      if (title && (await this.#done(item, () => renameConversation(conversation.id, title)))) this.#restore(item, { ...conversation, title });
    });
    item.replaceChildren(form);
    box.select();
    box.focus();
  }

  #confirm(item, conversation) {
    const really = button('Xóa hẳn', { class: 'button danger', on: { click: () => this.#delete(item, conversation) } });
    item.replaceChildren(el('p', { text: `Xóa “${conversation.title}”? Không khôi phục được.` }),
      el('p', { class: 'history-actions' }, really, button('Giữ lại', { class: 'link', on: { click: () => this.#restore(item, conversation) } })));
    really.focus();
  }

  async #delete(item, { id }) {
    if (!(await this.#done(item, () => deleteConversation(id)))) return;
    const next = item.nextElementSibling ?? item.previousElementSibling;
    forget(id);
    item.remove();
    if (next) next.querySelector('button').focus();
    else await this.#draw();
    announce('Đã xóa cuộc trò chuyện.');
    this.gone(id);
  }

  #restore(item, conversation) {
    const again = this.#item(conversation);
    item.replaceWith(again);
    again.querySelector('button').focus();
  }

  /** Whether it could be done; what could not is said in the item. One that is gone already counts as deleted. */
  async #done(item, act) {
    try {
      await act();
    } catch (error) {
      if (error.status === 404) return true;
      item.append(el('p', { class: 'notice', role: 'alert', text: error.message }));
      return false;
    }
    return true;
  }
}
