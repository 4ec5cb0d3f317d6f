// The HTTP API: plain requests, problem details turned into errors, and the chat's event stream.

import { BASE } from './dom.js';

/** The server answered, with an RFC 9457 problem; `message` is its Vietnamese detail, fit to show. */
export class Problem extends Error {
  constructor({ title, detail, status } = {}, retryAfter = null) {
    super(detail || title || 'Máy chủ gặp lỗi ngoài dự kiến. Bạn hãy thử lại sau ít phút.');
    this.status = status ?? 500;
    this.retryAfter = retryAfter;
  }
}

/** No answer came: the server or the network is away. `begun` tells whether some of the answer had arrived. */
export class Unreachable extends Error {
  constructor(begun = false) {
    super(begun ? 'Kết nối bị ngắt khi câu trả lời chưa hết.' : 'Chưa kết nối được với máy chủ.');
    this.begun = begun;
  }
}

export async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(BASE + path, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Unreachable();
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response) {
  const seconds = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  const body = await response.json().catch(() => ({}));
  return new Problem({ ...body, status: response.status }, Number.isNaN(seconds) ? null : seconds);
}

export const json = async (path, { headers = {}, ...options } = {}) => (await request(path, { ...options, headers: { Accept: 'application/json', ...headers } })).json();

export const getDocuments = async () => (await json('api/documents')).documents;
export const getDocument = (id) => json(`api/documents/${encodeURIComponent(id)}`);
export const getConversation = (id) => json(`api/conversations/${encodeURIComponent(id)}`);
export const deleteConversation = (id) => request(`api/conversations/${encodeURIComponent(id)}`, { method: 'DELETE' });
const sent = (method, body) => ({ method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
export const listConversations = async (ids, q) => (await json('api/conversations', sent('POST', { ids, q }))).conversations;
export const renameConversation = (id, title) => request(`api/conversations/${encodeURIComponent(id)}`, sent('PATCH', { title }));
export const giveFeedback = (id, verdict, reason) => request('api/feedback', sent('POST', { message_id: id, verdict, reason }));
export const getReady = () => request('readyz', { cache: 'no-store' });

/** Yields `{event, data}` as they arrive; ends after `done` or `error`. Throws Problem, Unreachable or AbortError. */
export async function* chat(message, conversationId, signal) {
  const response = await request('api/chat', {
    method: 'POST',
    headers: { Accept: 'text/event-stream', 'Content-Type': 'application/json' },
    body: JSON.stringify({ message, conversation_id: conversationId, document_ids: null }),
    signal,
  });
  if (!(response.headers.get('Content-Type') ?? '').startsWith('text/event-stream')) {
    yield { event: 'done', data: await response.json() };
    return;
  }
  for await (const { event, data } of serverSentEvents(response.body)) {
    yield { event, data: JSON.parse(data) };
    if (event === 'done' || event === 'error') return;
  }
  throw new Unreachable(true);
}

async function* serverSentEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await read(reader);
    if (done) return;
    const frames = (rest + value).split(/\r\n\r\n|\n\n/);
    rest = frames.pop();
    for (const frame of frames) {
      const event = parseFrame(frame);
      if (event.data) yield event;
    }
  }
}

async function read(reader) {
  try {
    return await reader.read();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Unreachable(true);
  }
}

/** Lines that start with a colon are keep-alive comments. */
function parseFrame(frame) {
  const parsed = { event: 'message', data: '' };
  for (const line of frame.split(/\r?\n/)) {
    const [, field, value] = /^(event|data): ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') parsed.event = value;
    if (field === 'data') parsed.data += (parsed.data && '\n') + value;
  }
  return parsed;
}
