// The messages of one chat, in order, with their days; it stays at the bottom while one reads there.
import { arrange, icon, make } from "./dom.js";
import { bubble } from "./bubble.js";
import { serviceText, senderOf } from "./service.js";
import { dateOf, dayOf, say } from "./words.js";

const NEAR_BOTTOM_PX = 80;
const SAME_BREATH_S = 300;
const FLASH_MS = 1400;

export class Log {
  #messages = new Map();
  #nodes = new Map();
  #days = new Map();
  #unseen = 0;
  #followed = true;
  #frame = undefined;

  /** `viewer` = {person, group}; `actions` are what bubbles do, without `jump`, which is ours. */
  constructor(viewer, actions, onseen) {
    this.viewer = viewer;
    this.actions = { ...actions, jump: (id) => this.jump(id) };
    this.onseen = onseen;
    this.list = make("ol", { class: "messages" });
    this.hint = make("p", { class: "empty", hidden: true }, say("empty"));
    const naming = { role: "log", "aria-label": say("messages"), tabindex: 0 };
    this.scroller = make("div", { class: "log", ...naming }, this.hint, this.list);
    this.count = make("span", { class: "count", hidden: true });
    const down = { type: "button", class: "latest", hidden: true, "aria-label": say("latest") };
    this.latest = make("button", { ...down, onclick: () => this.toBottom(true) }, icon("down"), this.count);
    this.node = make("div", { class: "log-frame" }, this.scroller, this.latest);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // Pictures, keyboards and a growing composer change heights: whoever reads the end stays there.
    this.watch = new ResizeObserver(() => this.#followed && this.toBottom());
    this.watch.observe(this.scroller);
    this.watch.observe(this.list);
  }

  get empty() {
    return this.#messages.size === 0;
  }

  get lastId() {
    return Math.max(0, ...this.#messages.keys());
  }

  find(id) {
    return this.#messages.get(id);
  }

  /** Shows exactly these; what has not changed keeps its node. */
  fill(messages) {
    const kept = new Set(messages.map((message) => message.message_id));
    this.scroller.setAttribute("aria-busy", "true");
    for (const id of [...this.#messages.keys()]) if (!kept.has(id)) this.#forget(id);
    for (const message of messages) this.#take(message);
    this.#draw();
    this.toBottom();
    this.scroller.removeAttribute("aria-busy");
  }

  /** A new message, or the new form of one that is there. */
  put(message) {
    const known = this.#messages.has(message.message_id);
    if (!this.#take(message)) return;
    const mine = message.from?.id === this.viewer.person;
    if (!known && mine) this.#followed = true;
    if (!known && !this.#followed) this.#count(this.#unseen + 1);
    this.#drawSoon();
  }

  drop(id) {
    this.#forget(id);
    this.#drawSoon();
  }

  toBottom(smooth = false) {
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.#followed = true;
    this.#count(0);
    this.onseen();
  }

  /** Shows the message that is quoted, and lights it up for a moment. */
  jump(id) {
    const node = this.#nodes.get(id);
    if (!node) return;
    node.scrollIntoView({ block: "center", behavior: "smooth" });
    node.classList.add("lit");
    setTimeout(() => node.classList.remove("lit"), FLASH_MS);
  }

  close() {
    cancelAnimationFrame(this.#frame);
    this.watch.disconnect();
  }

  #sorted() {
    return [...this.#messages.values()].sort((one, other) => one.message_id - other.message_id);
  }

  /** True when this changed anything. Whose a message is, the viewer tells, not the sandbox. */
  #take({ mine: _, ...message }) {
    const id = message.message_id;
    const before = this.#messages.get(id);
    if (before && JSON.stringify(before) === JSON.stringify(message)) return false;
    this.#messages.set(id, message);
    this.#nodes.set(id, bubble(message, this.viewer, this.actions));
    return true;
  }

  #forget(id) {
    this.#messages.delete(id);
    this.#nodes.delete(id);
  }

  /** Once a frame, however many messages come at once. */
  #drawSoon() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#draw();
      if (this.#followed) this.toBottom();
    });
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    const wanted = [];
    let above = null;
    let day = null;
    for (const message of this.#sorted()) {
      const node = this.#nodes.get(message.message_id);
      const today = dateOf(message).toDateString();
      const joined = today === day && sameBreath(above, message);
      if (today !== day) wanted.push(this.#dayNode(today, message));
      node.classList.toggle("joined", joined);
      node.classList.toggle("last", true);
      if (joined) wanted.at(-1).classList.toggle("last", false);
      wanted.push(node);
      [above, day] = [message, today];
    }
    arrange(this.list, wanted);
    this.hint.hidden = wanted.length > 0;
  }

  #dayNode(key, message) {
    if (!this.#days.has(key)) {
      this.#days.set(key, make("li", { class: "day" }, make("span", {}, dayOf(message))));
    }
    return this.#days.get(key);
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.#followed = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
    this.latest.hidden = this.#followed;
    if (this.#followed && this.#unseen > 0) {
      this.#count(0);
      this.onseen();
    }
  }

  #count(unseen) {
    this.#unseen = unseen;
    this.count.hidden = unseen === 0;
    this.count.textContent = say("latest_count", { count: unseen });
  }
}

function sameBreath(above, message) {
  if (!above || serviceText(above) || serviceText(message)) return false;
  const same = senderOf(above).id === senderOf(message).id;
  return same && message.date - above.date < SAME_BREATH_S;
}
