// Puts the page together and follows its address: `/` the chat, `/documents` the list, `/documents/ID#START-END` a text,
// `/board` the ledger, `/procedures` and `/procedures/CODE` the procedures.

import { query } from './address.js';
import { Problem, Unreachable } from './api.js';
import { Conversation } from './chat.js';
import { Connection } from './connection.js';
import { BASE } from './dom.js';
import { History } from './history.js';
import { Library } from './library.js';
import { SourcePanel } from './panel.js';

const TITLES = {
  chat: 'Hỏi đáp chính sách và thủ tục hành chính',
  documents: 'Văn bản – Hỏi đáp',
  reader: 'Văn bản – Hỏi đáp',
  board: 'Theo dõi – Hỏi đáp',
  procedures: 'Thủ tục – Hỏi đáp',
};

const library = new Library();
const connection = new Connection(() => recover());
const panel = new SourcePanel(library);
// Fetched when they are first shown, so that the chat comes sooner.
const pages = {
  documents: async () => new (await import('./documents.js')).DocumentsView(library),
  reader: async () => new (await import('./reader.js')).ReaderView(library),
  board: async () => new (await import('./board.js')).BoardView(),
  procedures: async () => new (await import('./procedures.js')).ProceduresView(),
};
const made = new Map();
const conversation = new Conversation({
  library,
  connection,
  moved: () => onChat() && history.replaceState(null, '', conversation.url),
  open: (citation, opener) => panel.open(citation, opener),
});

new History({
  open: (id) => {
    history.pushState(null, '', `${BASE}#c=${encodeURIComponent(id)}`);
    follow();
  },
  gone: (id) => id === conversation.id && conversation.reset(),
});

const ways = document.querySelectorAll('nav [data-route]');
let chatScroll = 0;
let shown = null;
let subject = '';

function place() {
  const path = window.location.pathname.slice(BASE.length).replace(/\/$/, '');
  const [, id] = /^documents\/(.+)$/.exec(path) ?? [];
  if (id) return { view: 'reader', id: decodeURIComponent(id) };
  const [, code] = /^procedures\/(.+)$/.exec(path) ?? [];
  if (code) return { view: 'procedures', code: decodeURIComponent(code) };
  if (path in pages) return { view: path };
  return { view: 'chat', conversation: decodeURIComponent(/^#c=(.+)$/.exec(window.location.hash)?.[1] ?? '') || conversation?.id };
}

const onChat = () => shown === 'chat';

/** Shows what the address asks for. The chat stays alive out of sight, so an answer goes on streaming. */
async function follow({ first = false } = {}) {
  const wanted = place();
  if (onChat() && wanted.view !== 'chat') chatScroll = window.scrollY;
  if (wanted.view === 'chat') subject = '';
  const arrived = shown !== wanted.view;
  shown = wanted.view;
  panel.close();
  for (const view of ['chat', ...Object.keys(pages)]) document.getElementById(view).hidden = view !== wanted.view;
  const current = wanted.view === 'reader' ? 'documents' : wanted.view;
  for (const way of ways) way.setAttribute('aria-current', way.dataset.route === current ? 'page' : 'false');
  document.getElementById('new-conversation').hidden = wanted.view !== 'chat';
  document.title = TITLES[wanted.view];
  if (wanted.view === 'chat') await showChat(wanted, arrived, first);
  else await showPage(wanted, first);
}

async function showChat(wanted, arrived, first) {
  await loaded; // an earlier conversation is drawn with the names and badges of its sources
  const question = first ? query().get('q')?.trim() : '';
  if (question) {
    conversation.reset();
    await conversation.ask(question);
    return;
  }
  if (wanted.conversation && (wanted.conversation !== conversation.id || (first && conversation.empty))) await conversation.load(wanted.conversation);
  else conversation.moved();
  if (arrived && !first) window.scrollTo(0, chatScroll);
  if (matchMedia('(hover: hover)').matches) conversation.composer.box.focus({ preventScroll: true });
}

/** One of each; what could not be fetched is tried again the next time. */
function pageOf(view) {
  if (!made.has(view)) {
    made.set(view, pages[view]().catch(() => {
      made.delete(view);
      throw new Unreachable();
    }));
  }
  return made.get(view);
}

/** A page shows itself by its address; the focus goes to its heading where it is another one than before. */
async function showPage(wanted, first) {
  const { view, ...params } = wanted;
  const about = `${view} ${params.id ?? params.code ?? ''}`;
  const another = about !== subject;
  subject = about;
  if (another) window.scrollTo(0, 0);
  if (view === 'documents') await loaded;
  try {
    const page = await pageOf(view);
    if (shown === view) await page.show(params);
  } catch (error) {
    if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
    connection.lost(error);
  }
  const placed = document.getElementById(view).contains(document.activeElement);
  if (another && !first && !placed) document.querySelector(`#${view} h1`)?.focus({ preventScroll: true });
}

async function loadLibrary() {
  try {
    await library.load();
  } catch (error) {
    if (shown === 'documents') (await pageOf('documents')).fail(error);
    connection.lost(error);
    return;
  }
  const size = library.documents.length;
  document.getElementById('corpus-size').textContent = `${size} văn bản đã nạp`;
  if (made.has('documents') && shown === 'documents') (await pageOf('documents')).show();
}

async function recover() {
  await loadLibrary();
  if (shown in pages) await follow();
  await conversation.resume();
}

/** Links within the page change the view without loading it again; other clicks are the browser's. */
function intercept(event) {
  const link = event.target.closest('a[data-route]');
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  history.pushState(null, '', link.pathname === BASE ? conversation.url : link.href);
  follow();
}

document.addEventListener('click', intercept);
window.addEventListener('popstate', () => follow());
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  document.getElementById('main').focus();
});
document.getElementById('new-conversation').addEventListener('click', () => {
  panel.close();
  history.pushState(null, '', BASE);
  conversation.reset();
});

const loaded = loadLibrary();
await follow({ first: true });
