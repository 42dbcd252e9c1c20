// The messages of one chat, in order, with their days.
import { bubble } from "./bubble.js";
import { dayKey, dayOf } from "./dates.js";
import { arrange, make } from "./dom.js";
import { photosOf } from "./pictures.js";
import { Scrolling } from "./scrolling.js";
import { serviceText, senderOf } from "./service.js";
import { Stops } from "./stops.js";
import { markTicks } from "./ticks.js";

const SAME_BREATH_S = 300;
const FLASH_MS = 1400;
const MOST_KEPT = 400; // Beyond this, whoever reads the end lets go of the oldest.
const FAR_BACK_PAGES = 30;

export class Log {
  #messages = new Map();
  #lines = new Map();
  #lineOf = new Map();
  #days = new Map();
  #frame = undefined;
  #fetched = () => true;

  /**
   * `viewer` = {person, group}; `actions` are what bubbles do, without `jump` and `show`, which are
   * ours. `older()` puts the messages before the first here; `onseen` and `onmove` follow the eye.
   */
  constructor(viewer, actions, { older, onseen, onmove }) {
    this.viewer = viewer;
    this.whole = true; // Whether the first message of the chat is here.
    this.actions = { ...actions, jump: (id) => this.jump(id), show: (id) => actions.view(this.#photos(), id) };
    this.older = older;
    this.list = make("ol", { class: "messages" });
    this.hint = make("div", { class: "empty", hidden: true });
    const ontop = () => this.whole || this.empty || this.older();
    this.scrolling = new Scrolling(this.list, { onbottom: onseen, ontop, onmove });
    this.scrolling.scroller.prepend(this.hint);
    this.node = this.scrolling.node;
    this.stops = new Stops(this.scrolling.scroller, this.list);
  }

  get empty() {
    return this.#messages.size === 0;
  }

  get lastId() {
    return [...this.#messages.keys()].reduce((most, id) => Math.max(most, id), 0);
  }

  get firstId() {
    return [...this.#messages.keys()].reduce((least, id) => Math.min(least, id), Infinity);
  }

  get place() {
    return this.scrolling.place;
  }

  find(id) {
    return this.#messages.get(id);
  }

  all() {
    return [...this.#messages.values()].sort((one, other) => one.message_id - other.message_id);
  }

  /** Shows exactly these; what has not changed keeps its node. */
  fill(messages, whole) {
    const kept = new Set(messages.map((message) => message.message_id));
    for (const id of this.#messages.keys()) if (!kept.has(id)) this.#messages.delete(id);
    for (const message of messages) this.#take(message);
    this.whole = whole;
    this.#quietly(() => this.#draw());
    this.scrolling.follow();
  }

  /** Puts older messages over what is here; what is being read stays where it is. */
  prepend(messages, whole) {
    for (const message of messages) this.#take(message);
    this.whole = whole;
    this.#quietly(() => this.scrolling.keep(() => this.#draw()));
  }

  /** A new message, or the new form of one that is there. */
  put(message) {
    const known = this.#messages.has(message.message_id);
    if (!known && !this.whole && message.message_id < this.firstId) return; // It is further up.
    if (!this.#take(message)) return;
    if (!known && message.from?.id === this.viewer.person) this.scrolling.followed = true;
    if (!known && !this.scrolling.followed) this.scrolling.missed();
    this.#drawSoon();
  }

  drop(id) {
    this.#messages.delete(id);
    this.#drawSoon();
  }

  refresh() {
    this.#drawSoon();
  }

  /** Sets the ticks: `fetched(id)` says whether the bot has a message. */
  tick(fetched) {
    this.#fetched = fetched;
    for (const mark of this.list.querySelectorAll(".ticks")) markTicks(mark, fetched(Number(mark.dataset.of)));
  }

  /** Shows a message, however far up it is, and lights it up for a moment. */
  async jump(id) {
    const line = await this.reach(id);
    if (!line) return;
    this.scrolling.center(line);
    this.stops.hold(line);
    line.classList.add("lit");
    setTimeout(() => line.classList.remove("lit"), FLASH_MS);
  }

  /** The line of a message; what is missing up to it is brought first. */
  async reach(id) {
    for (let page = 0; page < FAR_BACK_PAGES && !this.#lineOf.has(id) && !this.whole; page += 1) {
      if (id >= this.firstId || !(await this.older())) break;
    }
    return this.#lineOf.get(id);
  }

  async restore({ id, top }) {
    const line = await this.reach(id);
    if (line) this.scrolling.restore(line, top);
  }

  close() {
    cancelAnimationFrame(this.#frame);
    this.scrolling.close();
  }

  #photos() {
    return this.all().flatMap(photosOf);
  }

  /** True when this changed anything. Whose a message is, the viewer tells, not the sandbox. */
  #take({ mine: _, ...message }) {
    const before = this.#messages.get(message.message_id);
    if (before && JSON.stringify(before) === JSON.stringify(message)) return false;
    this.#messages.set(message.message_id, message);
    return true;
  }

  /** Screen readers are told of what comes, not of a whole chat that is opened. */
  #quietly(change) {
    this.scrolling.scroller.setAttribute("aria-busy", "true");
    change();
    this.scrolling.scroller.removeAttribute("aria-busy");
  }

  /** Once a frame, however many messages come at once. */
  #drawSoon() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#letGo();
      this.#draw();
      if (this.scrolling.followed) this.scrolling.follow();
    });
  }

  #letGo() {
    if (!this.scrolling.followed || this.#messages.size <= MOST_KEPT) return;
    for (const { message_id: id } of this.all().slice(0, -MOST_KEPT / 2)) this.#messages.delete(id);
    this.whole = false;
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    const wanted = [];
    const held = this.stops.remember();
    this.#lineOf.clear();
    let above = null;
    let day = null;
    for (const messages of gathered(this.all())) {
      const [message] = messages;
      const node = this.#line(messages);
      const today = dayKey(message);
      const joined = today === day && sameBreath(above, message);
      if (today !== day) wanted.push(this.#dayNode(today, message));
      node.classList.toggle("joined", joined);
      node.classList.toggle("last", true);
      if (joined) wanted.at(-1).classList.toggle("last", false);
      wanted.push(node);
      [above, day] = [message, today];
    }
    for (const [key, line] of this.#lines) if (this.#lineOf.get(key) !== line.node) this.#lines.delete(key);
    arrange(this.list, wanted);
    this.hint.hidden = wanted.length > 0;
    this.stops.settle(held);
  }

  /** The node of a message or an album; it is built again only when something in it changed. */
  #line(messages) {
    const key = messages[0].message_id;
    let line = this.#lines.get(key);
    if (!line || line.messages.length !== messages.length || messages.some((one, n) => one !== line.messages[n])) {
      line = { messages, node: bubble(messages, this.viewer, this.actions) };
      for (const mark of line.node.querySelectorAll(".ticks")) markTicks(mark, this.#fetched(Number(mark.dataset.of)));
      this.stops.enter(line.node);
      this.#lines.set(key, line);
    }
    for (const message of messages) this.#lineOf.set(message.message_id, line.node);
    return line.node;
  }

  #dayNode(key, message) {
    if (!this.#days.has(key)) this.#days.set(key, make("li", { class: "day" }, make("span")));
    const node = this.#days.get(key);
    const words = dayOf(message); // "Today" is "Yesterday" tomorrow.
    if (node.firstChild.textContent !== words) node.firstChild.textContent = words;
    return node;
  }
}

/** Messages one by one, those of an album together. */
function gathered(messages) {
  const groups = [];
  for (const message of messages) {
    const before = groups.at(-1)?.[0];
    const album = message.media_group_id !== undefined && message.media_group_id === before?.media_group_id;
    if (album) groups.at(-1).push(message);
    else groups.push([message]);
  }
  return groups;
}

function sameBreath(above, message) {
  if (!above || serviceText(above) || serviceText(message)) return false;
  const same = senderOf(above).id === senderOf(message).id;
  return same && message.date - above.date < SAME_BREATH_S;
}
