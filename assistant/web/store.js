// What the browser keeps for this page; where it refuses (a frame on another site, a private window) nothing is kept.

const kept = (storage) => ({
  get(name) {
    try {
      return window[storage].getItem(name);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      if (value === null) window[storage].removeItem(name);
      else window[storage].setItem(name, value);
    } catch {
      // nothing is lost but the convenience
    }
  },
});

/** For this tab. */
export const session = kept('sessionStorage');
/** For this browser. */
export const local = kept('localStorage');
