// What administrators do on the documents page: send files in, by dropping or choosing them, and take documents out.

import { json, Problem, request } from './api.js';
import { announce, button, el } from './dom.js';

const KEY = 'hoidap-admin';
const ASK_EVERY = 600; // milliseconds between two looks at a job
const STEPS = {
  found: 'Xem tệp', read: 'Đọc tệp', stored: 'Lưu vào kho', embedded: 'Tách từ, tính véc-tơ', indexed: 'Xếp từ vào chỉ mục',
  linked: 'Nối véc-tơ', built: 'Dựng chỉ mục', verified: 'Kiểm tra chỉ mục', switched: 'Chuyển sang chỉ mục mới', cleaned: 'Dọn dẹp',
};
const OUTCOMES = {
  added: 'Đã nạp', updated: 'Đã cập nhật', unchanged: 'Không đổi so với bản đang có', duplicate: 'Trùng nội dung',
  removed: 'Đã gỡ', quarantined: 'Không nạp được',
};
const BAD = new Set(['quarantined']);
const FORMATS = '.docx,.doc,.pdf,.xlsx,.xls,.odt,.rtf,.html,.htm,.md,.txt,.zip';

export class Administration {
  node = el('details', { class: 'administration' });
  #told = null;
  #slot = el('div');
  #list = el('ul', { class: 'jobs', 'aria-label': 'Các tệp đã gửi' });

  /** `changed` is called when the documents are others than before. */
  constructor(changed) {
    this.changed = changed;
    this.node.append(el('summary', { text: 'Quản trị: tải lên và gỡ văn bản' }), el('div', { class: 'administration-body' }));
    window.addEventListener('dragover', (event) => this.#over(event));
    window.addEventListener('drop', (event) => this.#dropped(event));
    this.node.addEventListener('toggle', () => this.node.open && this.show());
  }

  async show() {
    if (!this.node.open && !code()) return;
    try {
      this.#told = await json('api/administration', { headers: authorization() });
      if (code() && !this.#told.administrator) forget();
      this.#draw();
    } catch (error) {
      this.#body(el('p', { class: 'notice', text: error.message }));
    }
  }

  /** The button that takes a document out; null for those who may not. */
  removal(document) {
    if (!code()) return null;
    return button('Gỡ', { class: 'link remove', 'aria-label': `Gỡ ${document.title}`, on: { click: (event) => this.#confirm(document, event.currentTarget) } });
  }

  #body(...nodes) {
    this.node.lastElementChild.replaceChildren(...nodes.filter(Boolean));
  }

  #draw() {
    if (!this.#told.enabled) this.#body(el('p', { text: this.#told.reason }));
    else if (!code()) this.#body(this.#entry());
    else {
      // What is there stays there: it may have the focus.
      if (!this.#slot.isConnected) this.#body(this.#dropZone(), this.#list, this.#slot, button('Thoát quyền quản trị', { class: 'link', on: { click: () => this.#leave() } }));
      this.#drawQuarantined();
    }
  }

  #entry(problem = '') {
    const input = el('input', { id: 'admin-code', type: 'password', autocomplete: 'current-password', required: true, 'aria-describedby': 'admin-code-problem' });
    const told = el('p', { id: 'admin-code-problem', class: 'problem', role: 'alert', text: problem });
    return el('form', { class: 'admin-entry', on: { submit: (event) => this.#enter(event, input, told) } },
      el('label', { for: 'admin-code', text: 'Mã quản trị' }),
      el('div', { class: 'together' }, input, el('button', { class: 'button primary', text: 'Xác nhận' })),
      el('p', { class: 'hint', text: 'Mã được giữ đến khi đóng thẻ này.' }), told);
  }

  async #enter(event, input, told) {
    event.preventDefault();
    try {
      const answer = await json('api/administration', { headers: { Authorization: `Bearer ${encoded(input.value)}` } });
      this.#told = answer;
      if (!answer.administrator) throw new Problem({ detail: 'Mã quản trị không đúng. Hãy kiểm tra rồi nhập lại.', status: 401 });
      sessionStorage.setItem(KEY, input.value);
      this.#draw();
      this.node.querySelector('.drop-zone button')?.focus();
      this.changed();
    } catch (error) {
      told.textContent = error.message;
      input.focus();
    }
  }

  #leave() {
    forget();
    this.changed();
    this.#draw();
    this.node.querySelector('summary').focus();
  }

  #dropZone() {
    const input = el('input', { id: 'upload-files', type: 'file', multiple: true, accept: FORMATS, class: 'visually-hidden', tabindex: '-1', 'aria-label': 'Tệp cần tải lên' });
    input.addEventListener('change', () => {
      this.#send([...input.files]);
      input.value = '';
    });
    return el('div', { class: 'drop-zone' },
      el('p', {}, el('strong', { text: 'Kéo tệp thả vào đây' }), ' hoặc ', button('Chọn tệp', { class: 'button quiet', on: { click: () => input.click() } })),
      el('p', { class: 'hint', text: `Word, PDF, Excel, OpenDocument, RTF, HTML, Markdown, văn bản thô hoặc zip; mỗi tệp tối đa ${this.#told.limit_mb} MB.` }), input);
  }

  /** The files that could not be read the last time they were met, sent in here or not. */
  #drawQuarantined() {
    const files = this.#told.quarantined ?? [];
    const told = JSON.stringify(files);
    if (this.#slot.dataset.told === told) return;
    this.#slot.dataset.told = told;
    const open = this.#slot.firstElementChild?.open ?? false;
    this.#slot.replaceChildren(files.length ? el('details', { class: 'quarantine', open }, el('summary', { text: `${files.length} tệp chưa nạp được` }),
      el('ul', {}, files.map(({ source, reason }) => el('li', {}, el('bdi', { class: 'job-name', text: source.replace(/^uploads\//, '') }), el('p', { class: 'small', text: reason }))))) : '');
  }

  #over(event) {
    if (!code() || this.node.closest('[hidden]') || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.node.open = true;
  }

  #dropped(event) {
    if (!code() || this.node.closest('[hidden]') || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    this.#send([...event.dataTransfer.files]);
  }

  async #send(files) {
    for (const file of files) await this.#sendOne(file);
  }

  async #sendOne(file) {
    const line = new JobLine(file.name);
    this.#list.prepend(line.node);
    if (file.size > this.#told.limit_mb * 2 ** 20) {
      line.fail(`Tệp lớn hơn ${this.#told.limit_mb} MB, mức tối đa khi tải lên. Hãy chia nhỏ hoặc nén tệp.`);
      return;
    }
    try {
      const job = await sent(file, (share) => line.sending(share));
      this.#follow(job, line);
    } catch (error) {
      line.fail(error.message);
    }
  }

  /** A look now and then, which also works behind what buffers. */
  async #follow(job, line) {
    for (let current = job, misses = 0; ; ) {
      line.show(current);
      if (current.state === 'done' || current.state === 'failed') break;
      await new Promise((resolve) => { setTimeout(resolve, ASK_EVERY); });
      try {
        current = await json(`api/jobs/${job.id}`, { headers: authorization() });
        misses = 0;
      } catch (error) {
        misses += 1;
        if (error.status === 404) {
          line.fail('Máy chủ đã khởi động lại trước khi báo xong. Xem danh sách bên dưới; nếu chưa có văn bản này thì tải lên lại.');
          break;
        }
        if (misses > 50) {
          line.fail(error.message);
          break;
        }
      }
    }
    announce(line.told);
    this.changed();
  }

  #confirm(document, opener) {
    const dialog = el('dialog', { class: 'confirm', 'aria-labelledby': 'removal-title' },
      el('form', { method: 'dialog' },
        el('h2', { id: 'removal-title', text: 'Gỡ văn bản này?' }),
        el('p', {}, el('bdi', { text: document.title })),
        el('p', { text: 'Văn bản sẽ không còn được tra cứu và trích dẫn; bản gốc đã tải lên cũng bị xóa.' }),
        el('div', { class: 'confirm-actions' },
          el('button', { class: 'button quiet', value: 'cancel', text: 'Giữ lại' }), el('button', { class: 'button danger', value: 'remove', text: 'Gỡ' }))));
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (dialog.returnValue === 'remove') this.#remove(document);
      else opener.focus();
    });
    this.node.after(dialog);
    dialog.showModal();
  }

  async #remove(document) {
    const line = new JobLine(document.title);
    this.node.open = true;
    this.#list.prepend(line.node);
    this.node.querySelector('summary').focus();
    try {
      const response = await request(`api/documents/${encodeURIComponent(document.id)}`, { method: 'DELETE', headers: authorization() });
      await this.#follow(await response.json(), line);
    } catch (error) {
      line.fail(error.message);
    }
  }
}

/** A file on its way: sent, then taken in step by step, then what became of it. */
class JobLine {
  told = '';

  constructor(name) {
    this.name = name;
    this.bar = el('progress', { max: '1', 'aria-label': `Tiến độ của ${name}` });
    this.status = el('span', { class: 'job-status', text: 'Đang gửi…' });
    this.reasons = el('ul', { class: 'reasons' });
    this.node = el('li', { class: 'job' }, el('bdi', { class: 'job-name', text: name }), this.bar, this.status, this.reasons);
  }

  sending(share) {
    this.bar.value = share;
    this.status.textContent = `Đang gửi ${Math.round(share * 100)}%`;
  }

  show(job) {
    if (job.state === 'failed') this.fail(job.problem);
    else if (job.state === 'done') this.#done(job.outcomes);
    else {
      const share = job.total ? job.done / job.total : null;
      if (share === null) this.bar.removeAttribute('value');
      else this.bar.value = share;
      this.status.textContent = job.problem || (job.step ? `${STEPS[job.step]}…` : 'Đang chờ đến lượt…');
    }
  }

  #done(outcomes) {
    const bad = outcomes.filter(({ status }) => BAD.has(status));
    const said = [...new Set(outcomes.map(({ status }) => OUTCOMES[status]))].join('; ') || 'Xong';
    this.#end(outcomes.length > 1 ? `${outcomes.length - bad.length} trong ${outcomes.length} tệp đã xong` : said, bad.length ? 'bad' : 'good');
    this.reasons.replaceChildren(...outcomes.filter(({ reason, status }) => reason && status !== 'removed').map(({ source, reason }) =>
      el('li', {}, outcomes.length > 1 ? el('bdi', { text: `${source.replace(/^uploads\//, '')}: ` }) : null, reason)));
  }

  fail(problem) {
    this.#end('Không thành công', 'bad');
    this.reasons.replaceChildren(el('li', { text: problem }));
  }

  #end(status, kind) {
    this.bar.remove();
    this.status.textContent = status;
    this.node.classList.add(kind);
    this.told = `${this.name}: ${status}.`;
  }
}

const code = () => sessionStorage.getItem(KEY) ?? '';
const forget = () => sessionStorage.removeItem(KEY);
/** Headers carry no letters beyond Latin ones. */
const encoded = (value) => encodeURIComponent(value);
const authorization = () => (code() ? { Authorization: `Bearer ${encoded(code())}` } : {});

/** `fetch` tells nothing of how much has been sent. */
function sent(file, told) {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open('POST', new URL(`../api/documents?${new URLSearchParams({ name: file.name })}`, import.meta.url));
    for (const [name, value] of Object.entries(authorization())) sending.setRequestHeader(name, value);
    sending.setRequestHeader('Content-Type', 'application/octet-stream');
    sending.responseType = 'json';
    sending.upload.addEventListener('progress', ({ loaded, total }) => told(total ? loaded / total : 0));
    sending.addEventListener('load', () => (sending.status < 300 ? resolve(sending.response) : reject(new Problem({ ...sending.response, status: sending.status }))));
    sending.addEventListener('error', () => reject(new Problem({ detail: 'Chưa gửi được tệp: mất kết nối với máy chủ, hoặc tệp đã đổi trong lúc gửi. Hãy gửi lại.' })));
    sending.send(file);
  });
}
