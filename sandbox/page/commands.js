// The list of the bot's commands over the composer: opened by the menu button, filtered by typing.
import { make } from "./dom.js";
import { say } from "./words.js";

let listsMade = 0;

export class Commands {
  #all = [];
  #shown = [];
  #chosen = 0;

  /**
   * `run(name)` sends a command, `complete(name)` leaves it in the composer to be finished, and
   * `point(id)` tells which row the arrows have chosen, null when the list is closed.
   */
  constructor({ run, complete, point }) {
    Object.assign(this, { run, complete, point });
    this.id = `commands-${(listsMade += 1)}`;
    const naming = { id: this.id, role: "listbox", "aria-label": say("commands"), hidden: true };
    // A press on the list must not take the focus from the composer: that would close the list.
    const onmousedown = (event) => event.preventDefault();
    this.node = make("div", { class: "commands", ...naming, onmousedown });
  }

  set(list) {
    this.#all = list;
    if (this.open) this.filter(this.prefix ?? "");
  }

  get any() {
    return this.#all.length > 0;
  }

  get open() {
    return !this.node.hidden;
  }

  close() {
    this.node.hidden = true;
    this.point(null);
  }

  toggle() {
    if (this.open) this.close();
    else this.filter("");
  }

  /** Shows the commands that begin so; none closes the list. */
  filter(prefix) {
    this.prefix = prefix;
    this.#shown = this.#all.filter((one) => one.command.startsWith(prefix.toLowerCase()));
    this.#chosen = 0;
    this.node.hidden = this.#shown.length === 0;
    this.#draw();
  }

  /** True when the key belonged to the list. */
  key(event) {
    if (!this.open) return false;
    const command = this.#shown[this.#chosen].command;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#choose(this.#chosen + step);
    else if (event.key === "Enter" && !event.shiftKey) this.run(command);
    else if (event.key === "Tab" && !event.shiftKey) this.complete(command);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #choose(index) {
    this.#chosen = (index + this.#shown.length) % this.#shown.length;
    this.#draw();
    this.node.children[this.#chosen].scrollIntoView({ block: "nearest" });
  }

  #draw() {
    const rows = this.#shown.map(({ command, description }, index) => {
      const attributes = {
        type: "button",
        role: "option",
        id: `${this.id}-${index}`,
        tabindex: -1,
        class: "command-row",
        "aria-selected": index === this.#chosen ? "true" : "false",
        onclick: () => this.run(command),
      };
      const name = make("bdi", { class: "command-name" }, `/${command}`);
      return make("button", attributes, name, make("span", { dir: "auto" }, description));
    });
    this.node.replaceChildren(...rows);
    this.point(rows[this.#chosen]?.id ?? null);
  }
}
