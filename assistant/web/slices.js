// Long work in slices, so that the page answers in between.

const SLICE = 12; // milliseconds of work at a time

/** Calls `work` with each item, some milliseconds' worth now and then, until all are done or `alive()` says no. */
export function inSlices(items, work, alive) {
  let next = 0;
  const slice = () => {
    if (!alive()) return;
    const until = performance.now() + SLICE;
    while (next < items.length && performance.now() < until) {
      work(items[next]);
      next += 1;
    }
    if (next < items.length) setTimeout(slice);
  };
  if (items.length) setTimeout(slice);
}
