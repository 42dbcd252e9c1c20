// What a reload keeps: language, who is chosen where, which chat is open, how far up, and drafts.

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

const MOST_NOTES = 50;

/** Remembered values by key, of which the oldest are forgotten. */
export class Notes {
  constructor(name) {
    this.name = name;
    this.all = recall(name) ?? {};
  }

  get(key) {
    return this.all[key];
  }

  /** Keeps a value; an empty one is forgotten. */
  set(key, value) {
    const { [key]: before, ...others } = this.all;
    if (!value && before === undefined) return;
    const kept = Object.entries(others).slice(1 - MOST_NOTES);
    this.all = Object.fromEntries(value ? [...kept, [key, value]] : kept);
    remember(this.name, this.all);
  }
}
