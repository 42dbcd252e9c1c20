// What a reload keeps: language, who is chosen where, and which chat of theirs is open.

const PREFIX = "bashgah.";

/** The remembered value, or null; a browser that keeps nothing is no fault. */
export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Storage may be full or switched off: the page then starts afresh at each reload.
  }
}
