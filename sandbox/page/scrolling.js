// Where somebody reads in a log: it follows the newest for those who read there, and for nobody else.
import { icon, make } from "./dom.js";
import { say } from "./words.js";

const NEAR_BOTTOM_PX = 80;
const NEAR_TOP_PX = 900;
const PICTURE_AIR_PX = 8;
const FRAMES_TO_SETTLE = 4;

export class Scrolling {
  followed = true;
  #unseen = 0;
  #top = 0;

  /** `onbottom` when the end is seen, `ontop` when the beginning comes near, `onmove` on the way. */
  constructor(list, { onbottom, ontop, onmove }) {
    Object.assign(this, { list, onbottom, ontop, onmove });
    this.scroller = make("div", { class: "log", role: "log", "aria-label": say("messages"), tabindex: -1 }, list);
    this.count = make("span", { class: "count", hidden: true });
    const down = { type: "button", class: "latest", hidden: true, title: say("latest"), "aria-label": say("latest") };
    this.latest = make("button", { ...down, onclick: () => this.toBottom(true) }, icon("down"), this.count);
    this.node = make("div", { class: "log-frame" }, this.scroller, this.latest);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // Pictures, keyboards and a growing composer change heights: whoever reads the end stays there.
    this.watch = new ResizeObserver(() => this.followed && this.follow());
    this.watch.observe(this.scroller);
    this.watch.observe(list);
  }

  close() {
    this.watch.disconnect();
  }

  toBottom(smooth = false) {
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.followed = true;
    this.#top = this.scroller.scrollTop;
    this.latest.hidden = true;
    this.#count(0);
    this.onbottom();
  }

  /** To the newest; of a picture too tall for the log with its words, the picture is seen first. */
  follow() {
    const newest = this.list.lastElementChild;
    const top = newest?.querySelector(".photo") ? this.#topOf(newest) : Infinity;
    const held = Math.max(this.scroller.scrollTop, top - PICTURE_AIR_PX);
    this.toBottom();
    if (held >= this.scroller.scrollTop) return;
    this.scroller.scrollTop = held;
    this.#top = this.scroller.scrollTop;
  }

  #topOf(line) {
    return line.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top + this.scroller.scrollTop;
  }

  /** Something new came that cannot be seen from here. */
  missed() {
    this.#count(this.#unseen + 1);
  }

  /** Changes what stands above without moving what is being read. */
  keep(change) {
    const held = this.#topmost();
    const before = held?.getBoundingClientRect().top;
    change();
    if (!held?.isConnected) return;
    this.scroller.scrollTop += held.getBoundingClientRect().top - before;
  }

  /** The line at the top and how far it is pushed out; null for whoever reads the end. */
  get place() {
    const held = this.followed ? null : this.#topmost();
    if (!held) return null;
    const top = held.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top;
    return { id: Number(held.dataset.id), top: Math.round(top) };
  }

  /** Brings a line to where it was. */
  restore(line, top) {
    const now = () => line.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top;
    return this.#settle(() => (this.scroller.scrollTop += now() - top));
  }

  center(line) {
    return this.#settle(() => line.scrollIntoView({ block: "center", behavior: "instant" }));
  }

  /** Again for some frames: lines get their true heights only when they come into view. */
  async #settle(shift) {
    this.followed = false;
    for (let frame = 0; frame < FRAMES_TO_SETTLE; frame += 1) {
      shift();
      await new Promise(requestAnimationFrame);
    }
  }

  /** Lines stand in order, so that halving finds the first that is still to be seen. */
  #topmost() {
    const lines = this.list.querySelectorAll(":scope > [data-id]");
    const edge = this.scroller.getBoundingClientRect().top;
    let [low, high] = [0, lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lines[middle].getBoundingClientRect().bottom > edge) high = middle;
      else low = middle + 1;
    }
    return lines[low] ?? null;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    // Content that grows moves the end away from us; only who scrolls up leaves it.
    if (scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX) this.followed = true;
    else if (scrollTop < this.#top - 1) this.followed = false;
    this.#top = scrollTop;
    this.latest.hidden = this.followed;
    if (this.followed && this.#unseen > 0) {
      this.#count(0);
      this.onbottom();
    }
    if (scrollTop < NEAR_TOP_PX) this.ontop();
    this.onmove();
  }

  #count(unseen) {
    this.#unseen = unseen;
    this.count.hidden = unseen === 0;
    this.count.textContent = say("latest_count", { count: unseen });
  }
}
