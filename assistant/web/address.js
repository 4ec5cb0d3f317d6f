// What a view is asked to show stands in the page's address, so that back, reload and a sent link give the same.

export const query = () => new URLSearchParams(window.location.search);

/** Changes some of the query's values; empty ones leave it. Typing replaces the address, a choice is a step to go back. */
export function changeQuery(changes, { step = false } = {}) {
  const values = query();
  for (const [name, value] of Object.entries(changes)) {
    if (value) values.set(name, value);
    else values.delete(name);
  }
  const written = values.toString();
  const url = window.location.pathname + (written && `?${written}`);
  history[step ? 'pushState' : 'replaceState'](null, '', url);
}

/** Calls `run` once one has stopped typing. */
export function settled(run, milliseconds = 250) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, milliseconds);
  };
}

/** What an address of the server is on this page, which may stand under a prefix. */
export const within = (base, path) => base + path.replace(/^\//, '');
