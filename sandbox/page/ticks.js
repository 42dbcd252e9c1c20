// Ticks: one for what was sent, two for what the bot has fetched.
import { icon, make } from "./dom.js";
import * as door from "./door.js";
import { say } from "./words.js";

const FIRST_LOOK_MS = 150;
const SLOWEST_MS = 3000;

export class Ticks {
  #chat = null;
  #known = 0;
  #unfetched = new Set();
  #timer = null;
  #pause = FIRST_LOOK_MS;

  /** `lastId()` of the chat that is shown; `onchange` when ticks may have changed. */
  constructor(lastId, onchange) {
    this.lastId = lastId;
    this.onchange = onchange;
  }

  /** Another chat from now on. */
  follow(chatId) {
    this.close();
    this.#chat = chatId;
    this.#known = 0;
    this.#unfetched.clear();
  }

  close() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  fetched(id) {
    return id <= this.#known && !this.#unfetched.has(id);
  }

  /** Something was written: looks soon, and again while anything waits. */
  look() {
    this.#pause = FIRST_LOOK_MS;
    this.#again();
  }

  #again() {
    this.close();
    this.#timer = setTimeout(() => this.#ask(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, SLOWEST_MS);
  }

  async #ask() {
    const [chat, last] = [this.#chat, this.lastId()];
    const answer = await door.ticks(chat).catch(() => null);
    if (chat !== this.#chat) return;
    if (answer) {
      this.#known = last;
      this.#unfetched = new Set([...answer.waiting, ...answer.unheard]);
      this.onchange();
    }
    if (!answer || answer.waiting.length > 0 || last < this.lastId()) this.#again();
  }
}

/** The mark of one's own message; `markTicks` sets it. */
export function tickMark(id) {
  return make("span", { class: "ticks", role: "img", "data-of": id });
}

/** Sets a mark as `fetched` says; what has not changed is left alone. */
export function markTicks(mark, fetched) {
  const state = fetched ? "fetched" : "sent";
  if (mark.dataset.state === state) return;
  mark.dataset.state = state;
  mark.setAttribute("aria-label", say(state));
  mark.title = say(state);
  mark.replaceChildren(icon(fetched ? "ticks" : "tick"));
}
