// Thumbs under an answer, and why it is no good: one of a few reasons and, if one likes, words of one's own.

import { giveFeedback } from './api.js';
import { announce, button, el } from './dom.js';

const REASONS = ['Sai số liệu', 'Sai văn bản hoặc sai chỗ được dẫn', 'Không đúng điều được hỏi', 'Thiếu ý', 'Khó hiểu'];
const LONGEST = 900; // beside the reasons

/** The row of thumbs for the answer with this id. */
export function thumbs(messageId) {
  const up = button('Hữu ích', { class: 'link thumb', icon: 'up', 'aria-pressed': 'false' });
  const down = button('Chưa đúng', { class: 'link thumb', icon: 'down', 'aria-pressed': 'false' });
  const below = el('div', { class: 'feedback-below' });
  const say = async (verdict, reason = '') => {
    try {
      await giveFeedback(messageId, verdict, reason);
    } catch (error) {
      below.replaceChildren(el('p', { class: 'notice', role: 'alert', text: error.message }));
      return false;
    }
    up.setAttribute('aria-pressed', String(verdict === 'up'));
    down.setAttribute('aria-pressed', String(verdict === 'down'));
    return true;
  };
  up.addEventListener('click', async () => {
    if (await say('up')) thank(below);
  });
  down.addEventListener('click', async () => {
    if (await say('down')) ask(below, say, down);
  });
  return el('div', { class: 'feedback', role: 'group', 'aria-label': 'Nhận xét về câu trả lời' }, el('p', { class: 'thumbs' }, up, down), below);
}

function thank(below) {
  const text = 'Cảm ơn nhận xét của bạn.';
  below.replaceChildren(el('p', { class: 'thanks', text }));
  announce(text);
}

function ask(below, say, down) {
  const boxes = REASONS.map((text) => el('label', {}, el('input', { type: 'checkbox', value: text }), ` ${text}`));
  const words = el('textarea', { rows: '2', maxlength: String(LONGEST), 'aria-label': 'Nói rõ thêm (không bắt buộc)', placeholder: 'Nói rõ thêm (không bắt buộc)' });
  const form = el('form', {},
    el('fieldset', {}, el('legend', { text: 'Câu trả lời chưa đúng ở chỗ nào?' }), boxes),
    words,
    el('p', {}, el('button', { class: 'button quiet', text: 'Gửi nhận xét' })));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const chosen = [...form.querySelectorAll('input:checked')].map((box) => box.value);
    if (!(await say('down', [...chosen, words.value.trim()].filter(Boolean).join('; ')))) return;
    thank(below);
    down.focus();
  });
  below.replaceChildren(form);
  form.querySelector('input').focus();
}
