// The conversation: asking, stopping, trying again, loading an earlier one, deleting it; and the box one types in.

import { chat, deleteConversation, getConversation, Problem } from './api.js';
import { announce, BASE, el } from './dom.js';
import { forget, remember } from './history.js';
import { session } from './store.js';
import { Turn } from './turn.js';

const LONGEST_QUESTION = 2000;
const COUNT_FROM = 1800;
const REMEMBERED = 'hoidap.conversation';

export class Conversation {
  #turns = [];
  #running = null;
  #list = document.getElementById('turns');
  #welcome = document.getElementById('welcome');
  #delete = document.getElementById('delete-conversation');
  #confirm = document.getElementById('confirm-delete');

  /** `moved` is called when the conversation's address changed; `open` shows a citation's source. */
  constructor({ library, connection, moved, open }) {
    this.library = library;
    this.connection = connection;
    this.moved = moved;
    this.actions = { open, ask: (text) => this.ask(text), retry: (turn) => this.#retry(turn), edit: (text) => this.composer.fill(text) };
    this.id = session.get(REMEMBERED);
    this.composer = new Composer((text) => this.ask(text), () => this.stop());
    this.#welcome.querySelectorAll('[data-question]').forEach((each) => each.addEventListener('click', () => this.ask(each.textContent.trim())));
    this.#delete.addEventListener('click', () => this.#confirm.showModal());
    this.#confirm.addEventListener('close', () => this.#confirm.returnValue === 'delete' && this.#deleteForGood());
  }

  get url() {
    return BASE + (this.id ? `#c=${encodeURIComponent(this.id)}` : '');
  }

  get empty() {
    return this.#turns.length === 0;
  }

  async ask(question) {
    if (this.#running) return;
    const turn = this.#add(question);
    turn.element.scrollIntoView({ block: 'start' });
    if (document.activeElement !== this.composer.box) turn.heading.focus({ preventScroll: true });
    await this.#run(turn);
  }

  stop() {
    this.#running?.abort();
  }

  /** After the server came back: a question that never reached it is sent again, once, lest it be what broke it. */
  async resume() {
    const last = this.#turns.at(-1);
    if (last?.undelivered && !last.resent) {
      last.resent = true;
      await this.#retry(last);
    } else if (this.empty && this.id) await this.load(this.id);
  }

  async load(id) {
    this.#clear();
    this.#remember(id);
    try {
      const { messages } = await getConversation(id);
      if (this.id === id) this.#show(messages);
    } catch (error) {
      if (error.status === 404) this.#gone();
      else this.connection.lost(error);
    }
  }

  reset() {
    this.#clear();
    this.#remember(null);
    this.composer.box.focus();
  }

  #add(question) {
    const turn = new Turn(question, this.library, this.actions);
    this.#turns.push(turn);
    this.#list.append(turn.element);
    this.#welcome.hidden = true;
    return turn;
  }

  async #retry(turn) {
    if (this.#running) return;
    turn.begin();
    turn.heading.focus({ preventScroll: true });
    await this.#run(turn);
  }

  async #run(turn) {
    const running = new AbortController();
    this.#running = running;
    this.composer.busy(true);
    try {
      await this.#follow(turn, running.signal);
    } catch (error) {
      this.#broken(turn, error);
    } finally {
      if (this.#running === running) {
        this.#running = null;
        this.composer.busy(false);
      }
    }
  }

  async #follow(turn, signal) {
    for await (const { event, data } of chat(turn.question, this.id, signal)) {
      if (signal.aborted) return;
      if (event === 'error') throw new Problem(data);
      if (event === 'done') {
        this.#remember(data.conversation_id);
        turn.finish(data);
      } else turn.take(event, data);
    }
  }

  #broken(turn, error) {
    if (error.name === 'AbortError') {
      turn.stop();
      return;
    }
    turn.fail(error);
    this.connection.lost(error);
    if (error.status === 404) this.#remember(null); // the conversation is gone: the next try starts another
  }

  #show(messages) {
    messages.forEach((message, index) => {
      if (message.role !== 'user') return;
      const turn = this.#add(message.text);
      const reply = messages[index + 1];
      if (reply?.role === 'assistant' && reply.answer) turn.finish(reply.answer, { quietly: true });
      else turn.stop();
    });
    this.#turns.at(-1)?.element.scrollIntoView({ block: 'start' });
    announce(`Đã mở lại cuộc trò chuyện, ${this.#turns.length} câu hỏi.`);
  }

  #gone() {
    forget(this.id);
    this.#remember(null);
    const text = 'Cuộc trò chuyện trước không còn trên máy chủ. Bạn có thể bắt đầu lại.';
    this.#list.replaceChildren(el('p', { class: 'notice', role: 'status', text }));
  }

  #clear() {
    this.stop();
    this.#running = null;
    this.composer.busy(false);
    this.#turns = [];
    this.#list.replaceChildren();
    this.#welcome.hidden = false;
  }

  #remember(id) {
    this.id = id;
    this.#delete.hidden = !id;
    session.set(REMEMBERED, id);
    if (id) remember(id);
    this.moved();
  }

  async #deleteForGood() {
    try {
      await deleteConversation(this.id);
    } catch (error) {
      if (error.status !== 404) {
        announce(error.message);
        this.connection.lost(error);
        return;
      }
    }
    forget(this.id);
    this.reset();
    announce('Đã xóa cuộc trò chuyện.');
  }
}

class Composer {
  box = document.getElementById('question');
  #form = document.getElementById('composer');
  #send = document.getElementById('send');
  #stop = document.getElementById('stop');
  #count = document.getElementById('question-count');

  constructor(ask, stop) {
    this.ask = ask;
    this.#form.addEventListener('submit', (event) => this.#submit(event));
    this.#stop.addEventListener('click', () => {
      stop();
      this.box.focus();
    });
    this.box.addEventListener('input', () => this.#measure());
    this.box.addEventListener('keydown', (event) => this.#key(event));
  }

  busy(busy) {
    const held = document.activeElement === (busy ? this.#send : this.#stop);
    this.#send.hidden = busy;
    this.#stop.hidden = !busy;
    if (held) this.box.focus();
  }

  fill(text) {
    this.box.value = text;
    this.#measure();
    this.box.focus();
  }

  /** Enter also ends a word in Vietnamese input methods: that Enter is theirs. */
  #key(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!this.#send.hidden) this.#form.requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.box.value.trim();
    if (!text || this.#send.hidden) {
      this.box.focus();
      return;
    }
    if (this.#measure() > LONGEST_QUESTION) return;
    this.box.value = '';
    this.#measure();
    this.ask(text);
  }

  #measure() {
    const length = [...this.box.value.trim()].length;
    const over = length > LONGEST_QUESTION;
    this.box.setAttribute('aria-invalid', String(over));
    this.#count.classList.toggle('over', over);
    const nearly = length > COUNT_FROM ? `${length}/${LONGEST_QUESTION}` : '';
    this.#count.textContent = over ? `Dài quá ${length - LONGEST_QUESTION} ký tự, xin rút ngắn` : nearly;
    if (!CSS.supports('field-sizing', 'content')) this.#grow();
    return length;
  }

  #grow() {
    this.box.style.height = 'auto';
    this.box.style.height = `${this.box.scrollHeight}px`;
  }
}
