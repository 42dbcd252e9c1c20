// Pressed inline buttons that wait for the bot's answer.
import * as door from "./door.js";
import { say } from "./words.js";

const PATIENCE_MS = 60_000; // The sandbox asks an unanswering bot a second time before that.
const REMEMBERED = 50;

export class Presses {
  #waiting = new Map();
  #early = new Map();

  /** `tell(text, loud)` shows what the bot answers, loud as an alert. */
  constructor(tell) {
    this.tell = tell;
  }

  /** Presses a button and shows it as pressed until the bot answers or patience ends. */
  async start(key, ask) {
    if (key.getAttribute("aria-busy")) return undefined; // The second of two quick taps.
    key.classList.add("waiting");
    key.setAttribute("aria-busy", "true");
    const answer = await ask();
    if (!answer) return release(key);
    const id = answer.callback_query_id;
    const timer = setTimeout(() => this.#giveUp(id), PATIENCE_MS);
    this.#waiting.set(id, { key, timer });
    // The bot may be quicker than the answer to the press.
    if (this.#early.has(id)) this.answered(this.#early.get(id));
    return undefined;
  }

  answered(event) {
    const id = event.callback_query_id ?? event.callback?.id ?? event.id;
    const facts = event.callback ?? event;
    const waiting = this.#waiting.get(id);
    if (!waiting) {
      this.#early.set(id, event);
      if (this.#early.size > REMEMBERED) this.#early.delete(this.#early.keys().next().value);
      return;
    }
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    release(waiting.key);
    if (facts.text) this.tell(facts.text, facts.show_alert ?? false);
  }

  /** The stream may have missed the answer: ask once before saying that there was none. */
  async #giveUp(id) {
    const late = await door.callback(id).catch(() => ({ answered: false }));
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    if (late.answered) {
      this.answered({ ...late, callback_query_id: id });
      return;
    }
    this.#waiting.delete(id);
    release(waiting.key);
    this.tell(say("no_answer"), false);
  }
}

function release(key) {
  key.classList.remove("waiting");
  key.removeAttribute("aria-busy");
}
