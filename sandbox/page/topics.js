// The topics of a group that is a forum: a row of tabs over the log.
import { icon, make } from "./dom.js";
import { roving, setStop } from "./roving.js";
import { say } from "./words.js";

export const GENERAL = 1;
const TAB = "[role=tab]";

/** The topic a message stands in. */
export function threadOf(message) {
  return message.is_topic_message ? message.message_thread_id : GENERAL;
}

export class Topics {
  #fresh = new Set();
  #drawn = "";

  /** `choose(thread)` opens a topic. */
  constructor(choose) {
    this.choose = choose;
    this.node = make("div", { class: "topics", role: "tablist", "aria-label": say("topics"), hidden: true });
    roving(this.node, TAB);
  }

  /** A message came into a topic that is not open. */
  mark(thread) {
    this.#fresh.add(thread);
  }

  /** `topics` as the group has them; null when it is no forum. */
  draw(topics, open) {
    this.node.hidden = topics === null;
    if (topics === null) return;
    this.#fresh.delete(open);
    const facts = JSON.stringify([topics, open, [...this.#fresh], document.documentElement.lang]);
    if (facts === this.#drawn) return;
    this.#drawn = facts;
    const held = this.node.contains(document.activeElement);
    const general = { thread_id: GENERAL, name: say("general") };
    const others = topics.filter((topic) => (topic.thread_id ?? GENERAL) !== GENERAL);
    this.node.replaceChildren(...[general, ...others].map((topic) => this.#tab(topic, open)));
    const chosen = this.node.querySelector("[aria-selected=true]");
    setStop(this.node, TAB, chosen);
    if (held) chosen?.focus();
    chosen?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #tab({ thread_id: thread, name, icon_color: color, closed }, open) {
    const onclick = () => thread !== open && this.choose(thread);
    const attributes = { type: "button", role: "tab", class: "topic", "aria-selected": String(thread === open), onclick };
    const dot = make("span", { class: "topic-dot", "aria-hidden": "true" });
    if (Number.isInteger(color)) dot.style.background = `#${color.toString(16).padStart(6, "0").slice(-6)}`;
    const label = make("span", { dir: "auto" }, name);
    const mark = this.#fresh.has(thread) ? make("span", { class: "fresh", role: "img", "aria-label": say("fresh") }) : null;
    return make("button", attributes, thread === GENERAL ? icon("chat") : dot, label, closed ? icon("lock") : null, mark);
  }
}
