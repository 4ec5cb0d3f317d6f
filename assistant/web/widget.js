// For an office's own site: <script src="https://…/web/widget.js"></script> puts a button in its corner that opens the
// assistant in a frame. The server must name that site in HOIDAP_WIDGET_ORIGINS.

(() => {
  const base = new URL('..', document.currentScript.src);
  const place = (node, look) => Object.assign(node.style, look);
  const open = document.createElement('button');
  const frame = document.createElement('iframe');

  open.type = 'button';
  open.textContent = 'Hỏi đáp';
  open.setAttribute('aria-expanded', 'false');
  open.setAttribute('aria-controls', 'hoidap-frame');
  frame.id = 'hoidap-frame';
  frame.title = 'Hỏi đáp chính sách và thủ tục hành chính';
  frame.hidden = true;
  frame.referrerPolicy = 'no-referrer';
  frame.allow = 'clipboard-write';

  place(open, {
    position: 'fixed', right: '1rem', bottom: '1rem', zIndex: '2147483646', padding: '.8rem 1.2rem', border: '0',
    borderRadius: '2rem', background: '#14508c', color: '#fff', font: '600 1rem/1.2 system-ui, sans-serif', cursor: 'pointer',
    boxShadow: '0 2px 10px rgb(0 0 0 / .3)',
  });
  place(frame, {
    position: 'fixed', right: '1rem', bottom: '4.75rem', zIndex: '2147483646', width: 'min(27rem, calc(100vw - 2rem))',
    height: 'min(42rem, calc(100dvh - 6rem))', border: '1px solid #7c899b', borderRadius: '.6rem', background: '#fff',
    boxShadow: '0 8px 30px rgb(0 0 0 / .3)',
  });

  const toggle = (shown) => {
    if (shown && !frame.src) frame.src = base.href; // nothing is loaded before somebody asks
    frame.hidden = !shown;
    open.setAttribute('aria-expanded', String(shown));
    open.textContent = shown ? 'Đóng' : 'Hỏi đáp';
    (shown ? frame : open).focus();
  };
  open.addEventListener('click', () => toggle(frame.hidden));
  document.addEventListener('keydown', (event) => event.key === 'Escape' && !frame.hidden && toggle(false));
  document.body.append(open, frame);
})();
