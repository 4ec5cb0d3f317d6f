// An indicator over the years: drawn for the eye, and the same figures as a table for everybody.

import { BASE, el } from './dom.js';
import { within } from './address.js';

const HEIGHT = 300;
const ROOM = { left: 56, right: 30, top: 28, bottom: 40 };
// Letters keep their size on a phone: the drawing is narrower instead.
const widthNow = () => Math.min(Math.max(window.innerWidth - 80, 260), 640);
const number = new Intl.NumberFormat('vi-VN', { maximumFractionDigits: 3 });

/** `series` as the API gives it; a rank is best at the top. */
export function chartNode(series) {
  const points = series.points.filter(({ value }) => Number.isFinite(value));
  return el('figure', { class: 'chart' }, drawing(series, points), legend(points), table(series, points));
}

function drawing(series, points) {
  const width = widthNow();
  const years = points.map(({ year }) => year);
  const [first, last] = [Math.min(...years), Math.max(...years)];
  const ranked = series.unit === 'thứ hạng';
  const [low, high] = range(points.map(({ value }) => value), ranked);
  const x = (year) => ROOM.left + ((year - first) / Math.max(last - first, 1)) * (width - ROOM.left - ROOM.right);
  const share = (value) => (value - low) / (high - low || 1);
  const y = (value) => ROOM.top + (ranked ? share(value) : 1 - share(value)) * (HEIGHT - ROOM.top - ROOM.bottom);
  const results = points.filter(({ kind }) => kind === 'result');
  const shown = firstOfEach(results);
  const line = shown.map(({ year, value }) => `${x(year)},${y(value)}`).join(' ');
  return svg('svg', { viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': summary(series, results) },
    ...ticks(low, high, ranked).flatMap((value) => [
      svg('line', { class: 'grid', x1: ROOM.left, x2: width - ROOM.right, y1: y(value), y2: y(value) }),
      svg('text', { class: 'tick', x: ROOM.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, number.format(value)),
    ]),
    ...[...new Set(years)].map((year) => svg('text', { class: 'tick', x: x(year), y: HEIGHT - 14, 'text-anchor': 'middle' }, String(year))),
    svg('polyline', { class: 'line', points: line, fill: 'none' }),
    ...points.map(({ year, value, kind }) => (kind === 'target'
      ? svg('path', { class: 'target', d: `M${x(year)} ${y(value) - 7}l7 7-7 7-7-7z` })
      : svg('circle', { class: 'result', cx: x(year), cy: y(value), r: 5 }))),
    ...shown.map(({ year, value }, index) => svg('text', { class: 'value', x: x(year), y: y(value) + (isLow(index, shown, y) ? 22 : -11), 'text-anchor': 'middle' }, number.format(value))));
}

/** Whether a point lies below its neighbours, so that the line passes above it. */
function isLow(index, shown, y) {
  const beside = [shown[index - 1], shown[index + 1]].filter(Boolean).map(({ value }) => y(value));
  return beside.length > 0 && beside.every((each) => each < y(shown[index].value));
}

/** A little more than the values take. */
function range(values, ranked) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (ranked) return [1, Math.max(high, 2)];
  const room = (high - low || Math.abs(high) || 1) * 0.25;
  return [low >= 0 ? Math.max(low - room, 0) : low - room, high + room];
}

/** Three to five round values. */
function ticks(low, high, ranked) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max([1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough), ranked ? 1 : 0);
  const from = ranked ? low : Math.ceil(low / step) * step;
  return Array.from({ length: 8 }, (_, index) => from + index * step).filter((value) => value <= high + step / 1000);
}

const firstOfEach = (points) => points.filter(({ year }, index) => points.findIndex((each) => each.year === year) === index);

const summary = (series, results) => `${series.name}: ${firstOfEach(results).map(({ year, written }) => `năm ${year} ${written}`).join('; ')}.`;

function legend(points) {
  if (points.every(({ kind }) => kind === 'result')) return null;
  return el('figcaption', { class: 'legend' }, el('span', { class: 'key-result', text: 'Kết quả' }), el('span', { class: 'key-target', text: 'Mục tiêu' }));
}

function table(series, points) {
  return el('div', { class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Các giá trị của biểu đồ' }, el('table', {},
    el('thead', {}, el('tr', {}, ['Năm', 'Loại', 'Giá trị', 'Nguồn'].map((text) => el('th', { scope: 'col', text })))),
    el('tbody', {}, points.map((point) => el('tr', {},
      el('th', { scope: 'row', text: String(point.year) }),
      el('td', { text: point.kind === 'target' ? 'Mục tiêu' : 'Kết quả' }),
      el('td', { class: 'figure', text: point.written }),
      el('td', {}, el('a', { href: within(BASE, point.url), 'data-route': true, text: point.document })))))));
}

function svg(tag, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}
