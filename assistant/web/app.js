// Puts the page together and follows its address: `/` the chat, `/documents` the list, `/documents/ID#START-END` a text.

import { Conversation } from './chat.js';
import { Connection } from './connection.js';
import { BASE } from './dom.js';
import { DocumentsView, Library } from './library.js';
import { ReaderView, SourcePanel } from './source.js';

const TITLES = {
  chat: 'Hỏi đáp chính sách và thủ tục hành chính',
  documents: 'Văn bản – Hỏi đáp',
  reader: 'Văn bản – Hỏi đáp',
};

const library = new Library();
const connection = new Connection(() => recover());
const panel = new SourcePanel(library);
const documents = new DocumentsView(library);
const reader = new ReaderView(library);
const conversation = new Conversation({
  library,
  connection,
  moved: () => onChat() && history.replaceState(null, '', conversation.url),
  open: (citation, opener) => panel.open(citation, opener),
});

const ways = document.querySelectorAll('nav [data-route]');
let chatScroll = 0;
let shown = null;

function place() {
  const path = window.location.pathname.slice(BASE.length).replace(/\/$/, '');
  const [, id] = /^documents\/(.+)$/.exec(path) ?? [];
  if (id) return { view: 'reader', id: decodeURIComponent(id), span: spanOf(window.location.hash) };
  if (path === 'documents') return { view: 'documents' };
  return { view: 'chat', conversation: decodeURIComponent(/^#c=(.+)$/.exec(window.location.hash)?.[1] ?? '') || conversation?.id };
}

const onChat = () => shown === 'chat';

function spanOf(hash) {
  const [, start, end] = /^#(\d+)-(\d+)$/.exec(hash) ?? [];
  return start === undefined ? null : [Number(start), Number(end)];
}

/** Shows what the address asks for. The chat stays alive out of sight, so an answer goes on streaming. */
async function follow({ first = false } = {}) {
  const wanted = place();
  if (onChat() && wanted.view !== 'chat') chatScroll = window.scrollY;
  const arrived = shown !== wanted.view;
  shown = wanted.view;
  panel.close();
  for (const view of ['chat', 'documents', 'reader']) document.getElementById(view).hidden = view !== wanted.view;
  const current = wanted.view === 'reader' ? 'documents' : wanted.view;
  for (const way of ways) way.setAttribute('aria-current', way.dataset.route === current ? 'page' : 'false');
  document.getElementById('new-conversation').hidden = wanted.view !== 'chat';
  document.title = TITLES[wanted.view];
  if (wanted.view === 'chat') await showChat(wanted, arrived, first);
  else await showDocuments(wanted, first);
}

async function showChat(wanted, arrived, first) {
  await loaded; // an earlier conversation is drawn with the names and badges of its sources
  if (wanted.conversation && (wanted.conversation !== conversation.id || (first && conversation.empty))) await conversation.load(wanted.conversation);
  else conversation.moved();
  if (arrived && !first) window.scrollTo(0, chatScroll);
  if (matchMedia('(hover: hover)').matches) conversation.composer.box.focus({ preventScroll: true });
}

async function showDocuments(wanted, first) {
  window.scrollTo(0, 0);
  if (wanted.view === 'reader') await reader.show(wanted.id, wanted.span).catch((error) => connection.lost(error));
  else await loaded;
  if (!first) document.querySelector(`#${wanted.view} h1`)?.focus({ preventScroll: true });
}

async function loadLibrary() {
  try {
    await library.load();
  } catch (error) {
    documents.fail(error);
    connection.lost(error);
    return;
  }
  const size = library.documents.length;
  document.getElementById('corpus-size').textContent = `${size} văn bản đã nạp`;
  documents.draw();
}

async function recover() {
  await loadLibrary();
  if (shown === 'reader') await follow();
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
