// The keyboard in a log: one line is the Tab stop with what is in it, the arrows go from line to line.

const TAPPABLE = "a[href], button, [role=button]";

export class Stops {
  #current = null;

  constructor(root, list) {
    this.list = list;
    root.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("focusin", (event) => this.#stand(event.target.closest("[data-id]")));
  }

  /** A new line, which Tab passes by until it is the current one. */
  enter(line) {
    setStops(line, -1);
  }

  /** Gives the focus to a line. */
  hold(line) {
    this.#stand(line);
    line.focus({ preventScroll: true });
  }

  /** Which line and which thing in it has the focus, before the lines are drawn anew. */
  remember() {
    const held = document.activeElement;
    const line = this.list.contains(held) ? held.closest("[data-id]") : null;
    if (!line) return null;
    return { id: line.dataset.id, index: [...line.querySelectorAll(TAPPABLE)].indexOf(held), held };
  }

  /** The newest line is the stop unless somebody stands on another; a lost focus is given back. */
  settle(before) {
    if (!before) return this.#stand(this.list.lastElementChild?.closest("[data-id]"));
    if (before.held.isConnected) return undefined;
    const again = this.list.querySelector(`:scope > [data-id="${before.id}"]`);
    const line = again ?? this.list.lastElementChild;
    if (!line) return undefined;
    this.hold(line);
    line.querySelectorAll(TAPPABLE)[before.index]?.focus({ preventScroll: true });
    return undefined;
  }

  #stand(line) {
    if (!line || line === this.#current) return;
    if (this.#current) setStops(this.#current, -1);
    this.#current = line;
    setStops(line, 0);
  }

  #key(event) {
    const line = event.target.closest("[data-id]");
    if (!line || event.altKey || event.ctrlKey || event.metaKey) return;
    const lines = [...this.list.querySelectorAll(":scope > [data-id]")];
    const at = lines.indexOf(line);
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: lines.length - 1 }[event.key];
    if (next === undefined || !lines[next]) return;
    event.preventDefault();
    lines[next].focus({ preventScroll: true });
    lines[next].scrollIntoView({ block: "nearest" });
  }
}

function setStops(line, tabIndex) {
  line.tabIndex = tabIndex;
  for (const thing of line.querySelectorAll(TAPPABLE)) thing.tabIndex = tabIndex;
}
