// The bar of pinned messages: a press shows the newest, the next press the one before.
import { icon, make } from "./dom.js";
import { snippet } from "./service.js";
import { number, say } from "./words.js";

export class Pins {
  #ids = [];
  #at = 0;
  #asked = 0;

  /** `fetch(id)` brings a message, `jump(id)` shows it in the log. */
  constructor({ fetch, jump }) {
    Object.assign(this, { fetch, jump });
    this.words = make("span", { class: "pin-words", dir: "auto" });
    this.count = make("span", { class: "pin-count" });
    const title = make("b", {}, say("pinned_message"), this.count);
    const label = make("span", { class: "pin-label" }, title, this.words);
    const attributes = { type: "button", class: "pins", hidden: true, onclick: () => this.#press() };
    this.node = make("button", attributes, icon("pin"), label);
  }

  /** Ids of the pinned messages, newest first. */
  set(ids) {
    const changed = JSON.stringify(ids) !== JSON.stringify(this.#ids);
    this.#ids = ids;
    this.node.hidden = ids.length === 0;
    if (changed) this.#at = 0;
    if (ids.length > 0) this.#draw();
  }

  async #draw() {
    const asked = (this.#asked += 1);
    const message = await this.fetch(this.#ids[this.#at]);
    if (asked !== this.#asked) return;
    this.words.textContent = snippet(message);
    const many = this.#ids.length > 1;
    this.count.textContent = many ? ` ${number(this.#at + 1)} / ${number(this.#ids.length)}` : "";
  }

  #press() {
    this.jump(this.#ids[this.#at]);
    this.#at = (this.#at + 1) % this.#ids.length;
    this.#draw();
  }
}
