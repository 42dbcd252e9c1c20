// The desk: a customer's phone beside the staff's, the people who can hold them, and the stream.
import { askNewPerson, choosePerson } from "./dialogue.js";
import { icon, make } from "./dom.js";
import * as door from "./door.js";
import { recall, remember } from "./memory.js";
import { Pane } from "./pane.js";
import { drawRail, drawSwitcher } from "./rail.js";
import { listen } from "./stream.js";
import { isCustomer, isPrivate, Town } from "./town.js";
import { applyLanguage, say, switchLanguage } from "./words.js";

const SLOTS = ["customer", "staff"];
const NARROW = matchMedia("(max-width: 759px)");

class Desk {
  places = {};
  #drafts = new Map();
  #panes = {};
  #successors = new Map();

  constructor(root) {
    this.town = new Town(() => this.redraw());
    this.front = recall("front") ?? "customer";
    this.lastChats = recall("chats") ?? {};
    this.status = { sandbox: true, polling: true, waiting: 0 };
    for (const act of ["newPerson", "otherLanguage", "openList", "closeList"]) this[act] = this[act].bind(this);
    this.root = root;
    this.notice = make("div", { class: "notice", role: "status" });
    this.bar = make("div", { class: "top-bar" });
    this.rail = make("nav", { class: "rail" });
    this.veil = make("div", { class: "veil", onclick: this.closeList });
    this.main = make("main", { class: "panes" });
    root.replaceChildren(this.notice, this.bar, this.rail, this.veil, this.main);
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.closeList());
    NARROW.addEventListener("change", () => this.redraw());
    document.addEventListener("visibilitychange", () => this.#seen());
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
  open(slot, personId, chatId = this.#chatFor(slot, personId)) {
    this.places[slot] = { person: personId, chat: chatId };
    this.lastChats[personId] = chatId;
    remember("places", this.places);
    remember("chats", this.lastChats);
    this.bringToFront(slot);
    this.closeList();
    return this.#panes[slot].open(personId, chatId);
  }

  bringToFront(slot) {
    this.front = slot;
    remember("front", slot);
    this.redraw();
    this.#panes[slot].markRead();
  }

  #seen() {
    for (const slot of SLOTS) this.#panes[slot]?.markRead();
  }

  /** Whether somebody looking at the screen sees this pane. */
  shows(slot) {
    return !NARROW.matches || this.front === slot;
  }

  draft(personId, chatId) {
    const key = `${personId}:${chatId}`;
    if (!this.#drafts.has(key)) this.#drafts.set(key, { text: "" });
    return this.#drafts.get(key);
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
    await this.#panes[slot].say(code ? `/start ${code}` : "/start");
  }

  async newPerson() {
    const facts = await askNewPerson();
    if (!facts?.first_name) return;
    const pane = this.#panes[this.front];
    const person = await pane.attempt(() => door.newPerson(facts));
    if (!person) return;
    await this.town.load();
    await this.open("customer", person.id, person.id);
  }

  otherLanguage() {
    switchLanguage();
    this.#build();
    this.#tell(this.status);
  }

  openList() {
    this.root.classList.add("list-open");
    this.rail.querySelector("button")?.focus();
  }

  closeList() {
    this.root.classList.remove("list-open");
  }

  /** Lists and headers as the town is now; the messages stay as they are. */
  redraw() {
    if (!this.#panes.customer) return;
    const held = focusedName(this.rail);
    this.rail.setAttribute("aria-label", say("people"));
    this.rail.replaceChildren(...drawRail(this.town, this));
    this.bar.replaceChildren(...drawSwitcher(this.town, this));
    for (const slot of SLOTS) {
      this.#moveIfGone(slot);
      const pane = this.#panes[slot];
      pane.node.classList.toggle("front", this.front === slot);
      if (pane.log) pane.redraw();
    }
    held?.(this.rail);
  }

  #build() {
    applyLanguage();
    this.#choosePlaces();
    for (const slot of SLOTS) this.#panes[slot] = new Pane(slot, this.town, this);
    this.main.replaceChildren(...SLOTS.map((slot) => this.#panes[slot].node));
    this.redraw();
    for (const slot of SLOTS) this.#panes[slot].open(this.places[slot].person, this.places[slot].chat);
  }

  /** Where a reload left off; what is gone since then falls back to the first who fits. */
  #choosePlaces() {
    const stored = Object.keys(this.places).length > 0 ? this.places : (recall("places") ?? {});
    for (const slot of SLOTS) {
      const fits = (person) => isCustomer(person) === (slot === "customer");
      const before = this.town.person(stored[slot]?.person);
      const person = before && fits(before) ? before : (this.town.people.find(fits) ?? this.town.people[0]);
      const known = this.town.chat(person.id, stored[slot]?.chat);
      this.places[slot] = { person: person.id, chat: known ? known.chat.id : this.#chatFor(slot, person.id) };
    }
  }

  #chatFor(slot, personId) {
    const last = this.lastChats[personId];
    if (this.town.chat(personId, last)) return last;
    const staffRoom = this.town.chat(personId, this.town.staffChat);
    const group = this.town.chatsOf(personId).find((entry) => !isPrivate(entry.chat));
    return slot === "staff" ? ((staffRoom ?? group)?.chat.id ?? personId) : personId;
  }

  /** A group that became a supergroup has another id: whoever was in it goes along. */
  #moveIfGone(slot) {
    const place = this.places[slot];
    if (this.town.chat(place.person, place.chat)) return;
    const successor = this.#successors.get(place.chat);
    const known = this.town.chat(place.person, successor);
    place.chat = known ? successor : this.#chatFor(slot, place.person);
    this.#panes[slot].open(place.person, place.chat);
  }

  #happened(event) {
    if (!this.#panes.customer) return;
    for (const slot of SLOTS) this.#panes[slot].handle(event);
    const successor = event.message?.migrate_to_chat_id;
    if (successor) this.#successors.set(event.chat, successor);
    // A chat's event for one person is about what stands under it, not about who is in it.
    const moved = event.type === "chat" && event.person === undefined;
    if (event.type === "person" || moved) this.#reloadTown();
    else if (event.type !== "callback") this.town.touch(event.chat);
  }

  /** Everything anew: at the first connection, and after a break that may have hidden something. */
  async #arrive() {
    if (!(await this.#reloadTown())) return;
    if (!this.#panes.customer) this.#build();
    else for (const slot of SLOTS) this.#panes[slot].load();
  }

  /** False when the sandbox is gone; the stream says so, and comes back here when it returns. */
  async #reloadTown() {
    try {
      await this.town.load();
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
    else if (!status.polling && status.waiting > 0) text = say("bot_away_count", { count: status.waiting });
    else if (!status.polling) text = say("bot_away");
    this.notice.replaceChildren(...(text ? [icon("warning"), make("span", {}, text)] : []));
    this.notice.classList.toggle("grave", !status.sandbox);
  }
}

/** Finds the button that had the focus again after the list was drawn anew. */
function focusedName(root) {
  const held = root.contains(document.activeElement) ? document.activeElement : null;
  if (!held) return null;
  const index = [...root.querySelectorAll("button")].indexOf(held);
  return (fresh) => fresh.querySelectorAll("button")[index]?.focus();
}

applyLanguage();
new Desk(document.querySelector("#desk")).start();
