// The drawer for developers: what the bot asked for, and what it was answered.
import { preciseTime } from "./dates.js";
import { icon, iconButton, make } from "./dom.js";
import * as door from "./door.js";
import { number, say } from "./words.js";

const LOOK_EVERY_MS = 1000;
const MOST_ROWS = 200;
const POLLS = new Set(["getUpdates"]);
const FIGURES = [
  ["pending_updates", "figure_waiting"],
  ["delivered_total", "figure_delivered"],
  ["most_in_a_second", "figure_per_second"],
  ["ambiguous", "figure_ambiguous"],
];

export class Traffic {
  #seen = 0;
  #timer = null;

  /** `leave()` closes the drawer. */
  constructor(leave) {
    this.list = make("ol", { class: "calls", role: "log", "aria-label": say("traffic"), "aria-live": "off", tabindex: 0 });
    this.figures = make("div", { class: "figures" });
    this.faults = make("div", { class: "faults", role: "status" });
    const close = iconButton("close", say("close"), leave, { kind: "quiet" });
    const title = make("h2", {}, say("traffic"), make("small", { title: say("machine_time_line") }, say("machine_time")));
    const head = make("header", { class: "traffic-head" }, icon("traffic"), title, this.figures, close);
    this.node = make("section", { class: "traffic", "aria-label": say("traffic"), hidden: true }, head, this.faults, this.list);
    this.close = close;
  }

  get open() {
    return !this.node.hidden;
  }

  show() {
    this.node.hidden = false;
    this.close.focus();
    this.#look();
  }

  hide() {
    clearTimeout(this.#timer);
    this.node.hidden = true;
  }

  async #look() {
    clearTimeout(this.#timer);
    const [calls, counts, faults] = await Promise.all([
      door.calls(this.#seen).catch(() => []),
      door.counts().catch(() => null),
      door.faults().catch(() => null),
    ]);
    if (!this.open) return;
    if (counts) this.#count(counts);
    this.#warn(faults);
    this.#add(calls);
    this.#timer = setTimeout(() => this.#look(), LOOK_EVERY_MS);
  }

  #count(counts) {
    const refused = Object.values(counts.refused ?? {}).reduce((sum, one) => sum + one, 0);
    const total = counts.delivered_total ?? Object.values(counts.delivered ?? {}).reduce((sum, one) => sum + one, 0);
    const known = { ...counts, delivered_total: total };
    const figures = FIGURES.filter(([name]) => typeof known[name] === "number").map(([name, key]) => [key, known[name]]);
    figures.push(["figure_refused", refused]);
    this.figures.replaceChildren(...figures.map(([key, count]) => make("span", {}, say(key), make("b", {}, number(count)))));
  }

  /** Faults that are set on purpose are not to be taken for the bot's. */
  #warn(faults) {
    const set = faultsSet(faults);
    const text = set > 0 ? say("faults_set", { count: set }) : "";
    if (this.faults.dataset.text === text) return;
    this.faults.dataset.text = text;
    const clear = { type: "button", class: "plain", onclick: () => door.clearFaults().catch(() => {}) };
    this.faults.replaceChildren(...(text ? [icon("warning"), make("span", {}, text), make("button", clear, say("faults_clear"))] : []));
  }

  #add(calls) {
    if (calls.length === 0) return;
    this.#seen = calls.at(-1).n;
    const { scrollHeight, scrollTop, clientHeight } = this.list;
    const followed = scrollHeight - scrollTop - clientHeight < 40;
    const worth = calls.filter((call) => !POLLS.has(call.method) || !call.ok);
    this.list.append(...worth.slice(-MOST_ROWS).map(row));
    while (this.list.childElementCount > MOST_ROWS) this.list.firstElementChild.remove();
    if (followed) this.list.scrollTop = this.list.scrollHeight;
  }
}

function faultsSet(faults) {
  if (!faults) return 0;
  const rules = faults.fault ?? [];
  return rules.length + (faults.limits ? 1 : 0) + (faults.outage_left_s > 0 ? 1 : 0);
}

function row(call) {
  const end = call.ok ? "OK" : String(call.error_code ?? "?");
  const { params } = call;
  const told = params.text ?? params.caption ?? params.data ?? "";
  const summary = make(
    "summary",
    {},
    make("time", { title: say("machine_time_line") }, preciseTime(call.at)),
    make("code", {}, call.method),
    make("span", { class: "call-chat", dir: "ltr" }, params.chat_id === undefined ? "" : String(params.chat_id)),
    make("span", { class: "call-text", dir: "auto" }, String(told).slice(0, 200)),
    call.ms === undefined || call.ms === null ? null : make("span", { class: "call-ms" }, say("milliseconds", { count: call.ms })),
    make("b", { class: call.ok ? "end" : "end refused", dir: "ltr" }, end),
  );
  const details = make("details", { class: "call" }, summary);
  // What is inside is written out only for those who open it.
  details.addEventListener("toggle", () => details.open && details.childElementCount === 1 && details.append(...inside(call)), { once: true });
  return make("li", {}, details);
}

function inside(call) {
  const parts = [part(say("request"), call.params)];
  if (!call.ok) parts.push(part(say("answer"), { error_code: call.error_code, description: call.description }));
  else if (call.result !== undefined) parts.push(part(say("answer"), call.result));
  return parts;
}

function part(title, content) {
  const text = make("pre", { dir: "ltr", tabindex: 0 }, JSON.stringify(content, null, 2));
  return make("div", { class: "call-part" }, make("b", {}, title), text);
}
