// Watches for the server's return once a request could not reach it, and tells the page.

import { getReady, Problem } from './api.js';
import { el, symbol } from './dom.js';

const AWAY = 'Chưa kết nối được với máy chủ, đang thử lại…';
const NOT_READY = 'Máy chủ đã chạy nhưng chưa sẵn sàng trả lời, đang chờ…';
const FIRST_WAIT = 1500;
const LONGEST_WAIT = 8000;
const SHOW_BACK_FOR = 4000;

export class Connection {
  #banner = document.getElementById('connection');
  #away = false;
  #wait = FIRST_WAIT;
  #timer = 0;

  /** `onBack` is called each time the server answers again after being away. */
  constructor(onBack) {
    this.onBack = onBack;
    window.addEventListener('online', () => this.#away && this.#poll());
  }

  /** Call with the error of a failed request; anything but an absent or unready server is ignored. */
  lost(error) {
    if (error instanceof Problem && error.status !== 503) return;
    this.#show(error instanceof Problem ? `${error.message} Trang sẽ tự kết nối lại.` : AWAY);
    if (this.#away) return;
    this.#away = true;
    this.#wait = FIRST_WAIT;
    this.#schedule();
  }

  #schedule() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#poll(), this.#wait);
    this.#wait = Math.min(this.#wait * 1.6, LONGEST_WAIT);
  }

  async #poll() {
    clearTimeout(this.#timer);
    try {
      await getReady();
    } catch (error) {
      this.#show(error instanceof Problem ? NOT_READY : AWAY);
      this.#schedule();
      return;
    }
    this.#away = false;
    this.#show('Đã kết nối lại.', 'back');
    setTimeout(() => this.#away || this.#banner.replaceChildren(), SHOW_BACK_FOR);
    this.onBack();
  }

  /** An unchanged message is left alone, so that a screen reader hears it once. */
  #show(text, kind = 'away') {
    if (this.#banner.textContent === text) return;
    this.#banner.replaceChildren(el('p', { class: kind }, symbol(kind === 'back' ? 'check' : 'warning'), text));
  }
}
