// The desk: a customer's phone beside the staff's, the people who can hold them, and the stream.
import { Clock } from "./clock.js";
import { askNewPerson, choosePerson } from "./dialogue.js";
import { icon, make } from "./dom.js";
import * as door from "./door.js";
import { Guide } from "./guide.js";
import { Notes, recall, remember } from "./memory.js";
import { Pane } from "./pane.js";
import { Places } from "./places.js";
import { drawSwitcher, Rail } from "./rail.js";
import { listen } from "./stream.js";
import { isCustomer, isPrivate, Town } from "./town.js";
import { Traffic } from "./traffic.js";
import { applyLanguage, say, switchLanguage } from "./words.js";

const SLOTS = ["customer", "staff"];
const NARROW = matchMedia("(max-width: 759px)");

export class Desk {
  panes = {};
  drafts = new Notes("drafts");
  scrolls = new Notes("scrolls");
  #successors = new Map();
  #opener = null;
  #early = false;

  constructor(root) {
    this.root = root;
    this.town = new Town(() => this.redraw());
    this.where = new Places(this.town);
    this.front = recall("front") ?? "customer";
    this.status = { sandbox: true, polling: true, waiting: 0 };
    this.guide = new Guide(this);
    this.notice = make("div", { class: "notice", role: "status" });
    root.replaceChildren(this.notice);
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.#escape());
    NARROW.addEventListener("change", () => this.redraw());
    document.addEventListener("visibilitychange", () => this.#seen());
  }

  get places() {
    return this.where.all;
  }

  /** Listens first and loads then, so that nothing falls between the two. */
  start() {
    listen({
      onevent: (event) => this.#happened(event),
      onopen: () => this.#arrive(),
      onstatus: (status) => this.#tell(status),
    });
  }

  /** Opens a chat of this person on this phone; without a chat, the one they were in. */
  async open(slot, personId, chatId, thread) {
    await this.panes[slot].attempt(() => this.town.learn(personId));
    const place = this.where.take(slot, personId, chatId, thread);
    this.bringToFront(slot);
    this.closeList();
    return this.panes[slot].open(place.person, place.chat, place.thread);
  }

  bringToFront(slot) {
    this.front = slot;
    remember("front", slot);
    this.redraw();
    this.panes[slot].markRead();
  }

  #seen() {
    for (const slot of SLOTS) this.panes[slot]?.markRead();
  }

  narrow() {
    return NARROW.matches;
  }

  /** Whether somebody looking at the screen sees this pane. */
  shows(slot) {
    return !NARROW.matches || this.front === slot;
  }

  draft(key) {
    return { text: this.drafts.get(key) ?? "", keep: (text) => this.drafts.set(key, text) };
  }

  /**
   * A link to the bot opens the private chat and sends its code. In a group it is often meant for
   * somebody else (an invitation shown to staff), so there one chooses who opens it.
   */
  async followLink(pane, code) {
    const others = this.town.people.filter((one) => one !== pane.person && !one.deactivated);
    const customersFirst = (one, other) => isCustomer(other) - isCustomer(one);
    const person = isPrivate(pane.chat)
      ? pane.person
      : await choosePerson([...others, pane.person].sort(customersFirst));
    if (!person) return;
    const slot = isCustomer(person) ? "customer" : "staff";
    await this.open(slot, person.id, person.id);
    await this.panes[slot].say(code ? `/start ${code}` : "/start");
  }

  async newPerson() {
    const facts = await askNewPerson();
    if (!facts?.first_name) return;
    const pane = this.panes[this.front];
    const person = await pane.attempt(() => door.newPerson(facts));
    if (!person) return;
    await this.town.load();
    await this.open("customer", person.id, person.id);
  }

  /** The owner says in the staff group how far the club's time shall go. */
  travel(leap) {
    const { owner, staffChat } = this.town;
    return this.panes.staff.attempt(() => door.say(owner, staffChat, { text: `/clock ${leap}` }));
  }

  otherLanguage() {
    switchLanguage();
    this.#build();
    this.#tell(this.status);
    this.rail.node.querySelector(".feet button").focus();
  }

  openList() {
    this.#setListOpen(true);
    this.rail.node.querySelector(".list-close")?.focus();
  }

  closeList() {
    if (!this.root.classList.contains("list-open")) return;
    this.#setListOpen(false);
    this.bar.querySelector("button")?.focus();
  }

  /** While the list lies over the rest, Tab stays in it. */
  #setListOpen(open) {
    this.root.classList.toggle("list-open", open);
    for (const under of [this.bar, this.main]) under.inert = open;
  }

  openTraffic() {
    this.closeList();
    if (this.traffic.open) return this.closeTraffic();
    this.#opener = document.activeElement;
    return this.traffic.show();
  }

  closeTraffic() {
    if (!this.traffic.open) return;
    this.traffic.hide();
    this.#opener?.focus();
  }

  #escape() {
    if (this.root.classList.contains("list-open")) this.closeList();
    else this.closeTraffic();
  }

  /** Lists and headers as the town is now; the messages stay as they are. */
  redraw() {
    if (!this.panes.customer) return;
    this.clock.draw(this.town.timeTravel, this.town.clubOffset);
    for (const slot of SLOTS) this.#moveIfGone(slot);
    this.rail.draw();
    this.#drawBar();
    for (const slot of SLOTS) {
      const pane = this.panes[slot];
      pane.node.classList.toggle("front", this.front === slot);
      if (pane.log) pane.redraw();
    }
    this.progressed();
  }

  #drawBar() {
    const buttons = () => [...this.bar.querySelectorAll("button")];
    const held = buttons().indexOf(document.activeElement);
    this.bar.replaceChildren(...drawSwitcher(this.town, this));
    if (held >= 0) buttons()[held]?.focus();
  }

  /** Something was said or read: a newcomer's next step may have come. */
  progressed() {
    if (SLOTS.every((slot) => this.panes[slot]?.log)) this.guide.look();
  }

  #build() {
    applyLanguage();
    this.where.settle();
    this.clock = new Clock((leap) => this.travel(leap));
    this.rail = new Rail(this);
    this.traffic?.hide();
    this.traffic = new Traffic(() => this.closeTraffic());
    this.bar = make("div", { class: "top-bar" });
    const veil = make("div", { class: "veil", onclick: () => this.closeList() });
    for (const slot of SLOTS) this.panes[slot] = new Pane(slot, this.town, this);
    this.main = make("main", { class: "panes" }, SLOTS.map((slot) => this.panes[slot].node));
    this.root.replaceChildren(this.notice, this.bar, this.rail.node, veil, this.main, this.traffic.node);
    for (const slot of SLOTS) {
      const { person, chat, thread } = this.places[slot];
      this.panes[slot].open(person, chat, thread);
    }
    this.redraw();
  }

  /** A group that became a supergroup has another id: whoever was in it goes along. */
  #moveIfGone(slot) {
    const pane = this.panes[slot];
    if (!pane.log) return;
    const { person, chat, thread } = this.places[slot];
    const known = this.town.chat(person, chat);
    const forum = Boolean(known?.chat.is_forum);
    const topicGone = forum && thread > 1 && known.topics && !known.topics.some((one) => one.thread_id === thread);
    if (known && forum === (pane.thread !== undefined) && !topicGone) return;
    const place = this.where.take(slot, person, known ? chat : this.#successors.get(chat));
    pane.open(place.person, place.chat, place.thread);
  }

  #happened(event) {
    if (!this.panes.customer) {
      this.#early = true;
      return;
    }
    const successor = event.message?.migrate_to_chat_id;
    if (successor) this.#successors.set(event.chat, successor);
    for (const slot of SLOTS) this.panes[slot].handle(event);
    // A chat's event for one person is about what stands under it, not about who is in it.
    const moved = event.type === "chat" && event.person === undefined;
    if (event.type === "clock") this.#turnClock();
    else if (moved || event.type === "person") this.#reloadTown();
    else if (["message", "edited", "deleted"].includes(event.type)) this.town.touch(event.chat);
  }

  /** What was today is another day now. */
  async #turnClock() {
    await this.#reloadTown();
    for (const slot of SLOTS) this.panes[slot].log?.refresh();
  }

  /** Everything anew: at the first connection, and after a break that may have hidden something. */
  async #arrive() {
    if (!(await this.#reloadTown())) return;
    if (this.panes.customer) for (const slot of SLOTS) this.panes[slot].load();
    else {
      this.#build();
      // What happened while the town was being loaded may be missing in what was loaded.
      if (this.#early) await this.#reloadTown();
    }
  }

  /** False when the sandbox is gone; the stream says so, and comes back here when it returns. */
  async #reloadTown() {
    try {
      await this.town.load();
      if (!this.panes.customer) await this.where.prepare();
    } catch (error) {
      if (!(error instanceof door.Gone)) throw error;
      return false;
    }
    return true;
  }

  #tell(status) {
    this.status = status;
    let text = "";
    if (!status.sandbox) text = say("sandbox_away");
    else if (status.outage > 0) text = say("outage_on", { count: status.outage });
    else if (!status.polling && status.waiting > 0) text = say("bot_away_count", { count: status.waiting });
    else if (!status.polling) text = say("bot_away");
    if (this.notice.textContent === text) return;
    this.notice.replaceChildren(...(text ? [icon("warning"), make("span", {}, text)] : []));
    this.notice.classList.toggle("grave", !status.sandbox);
  }
}
