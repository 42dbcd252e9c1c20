// The column of people: who one can be, and the chats of those who are chosen.
import { whenShort } from "./dates.js";
import { avatar, icon, iconButton, make } from "./dom.js";
import { roving, setStop } from "./roving.js";
import { nameOf, snippet } from "./service.js";
import { isCustomer, isPrivate } from "./town.js";
import { number, say } from "./words.js";

const ROWS = ".person, .chat-row";
const MANY_PEOPLE = 12; // From here on one looks for a name.
const MOST_SHOWN = 60;

export class Rail {
  #wanted = "";
  #drawn = "";

  /** `desk`: town, places, open(slot, person, chat), newPerson(), closeList(), clock, and feet. */
  constructor(desk) {
    this.desk = desk;
    this.people = make("div", { class: "rail-scroll" });
    const oninput = () => {
      this.#wanted = this.search.value.trim().toLowerCase();
      this.draw();
    };
    const naming = { placeholder: say("search"), "aria-label": say("search") };
    this.search = make("input", { type: "search", class: "search", dir: "auto", hidden: true, oninput, ...naming });
    const brand = make("div", { class: "brand-words" }, make("h1", {}, say("brand")), make("p", {}, say("brand_line")));
    const close = iconButton("close", say("close"), () => desk.closeList(), { kind: "quiet list-close" });
    const other = document.documentElement.lang === "fa" ? "en" : "fa";
    const language = footButton("globe", say("other_language"), () => desk.otherLanguage(), { lang: other });
    const traffic = footButton("traffic", say("traffic"), () => desk.openTraffic());
    const foot = make("footer", { class: "rail-foot" }, desk.clock.node, make("div", { class: "feet" }, language, traffic));
    const head = make("header", { class: "brand" }, make("span", { class: "brand-mark" }, icon("book")), brand, close);
    this.node = make("nav", { class: "rail", "aria-label": say("people") }, head, this.search, this.people, foot);
    roving(this.people, ROWS);
  }

  draw() {
    const { town } = this.desk;
    this.search.hidden = town.people.length < MANY_PEOPLE;
    const { lang } = document.documentElement;
    const chats = town.people.map((person) => town.chatsOf(person.id));
    const facts = JSON.stringify([town.people, chats, this.desk.places, this.#wanted, this.desk.front, this.desk.narrow(), lang]);
    if (facts === this.#drawn) return;
    this.#drawn = facts;
    const held = this.people.contains(document.activeElement) ? document.activeElement : null;
    const heldAt = held ? [...this.people.querySelectorAll("button")].indexOf(held) : -1;
    const { scrollTop } = this.people;
    const plus = iconButton("plus", say("new_person"), () => this.desk.newPerson(), { kind: "quiet" });
    const of = (slot) => town.people.filter((person) => isCustomer(person) === (slot === "customer"));
    this.people.replaceChildren(
      this.#circle("customer", say("customers"), of("customer"), plus),
      this.#circle("staff", say("staff"), of("staff")),
    );
    this.people.scrollTop = scrollTop;
    const again = this.people.querySelectorAll("button")[heldAt];
    const row = again?.matches(ROWS) ? again : this.people.querySelector(".chat-row.open");
    setStop(this.people, ROWS, row ?? this.people.querySelector(ROWS));
    again?.focus({ preventScroll: true });
  }

  #circle(slot, title, people, extra) {
    const { chosen } = { chosen: this.desk.places[slot]?.person };
    const named = people.filter((person) => person.id === chosen || nameOf(person).toLowerCase().includes(this.#wanted));
    const rows = named.slice(0, MOST_SHOWN).map((person) => this.#person(slot, person, person.id === chosen));
    const hidden = named.length - rows.length;
    const more = hidden > 0 ? make("li", { class: "more" }, say("more_people", { count: hidden })) : null;
    const head = make("div", { class: "circle-head" }, make("h2", {}, title), extra);
    return make("section", { class: "circle", "aria-label": title }, head, make("ul", {}, rows, more));
  }

  #person(slot, person, chosen) {
    const { desk } = this;
    const about = person.deactivated ? say("deactivated") : say(person.role);
    const words = make("span", { class: "person-words" }, make("b", { dir: "auto" }, nameOf(person)), make("span", {}, about));
    const attributes = {
      type: "button",
      class: chosen ? "person chosen" : "person",
      "aria-pressed": String(chosen),
      title: nameOf(person),
      onclick: () => desk.open(slot, person.id),
    };
    const mark = chosen ? null : badge(desk.town.unreadOf(person.id));
    const row = make("button", attributes, avatar(person.id, nameOf(person)), words, mark);
    const chats = chosen ? desk.town.chatsOf(person.id).map((entry) => this.#chat(slot, person, entry)) : [];
    return make("li", {}, row, chats.length > 0 ? make("ul", { class: "chats" }, chats) : null);
  }

  #chat(slot, person, entry) {
    const { desk } = this;
    const open = desk.places[slot].chat === entry.chat.id;
    const last = entry.last_message;
    const name = make("b", { dir: "auto" }, chatName(entry.chat, desk.town));
    const unread = badge(open && desk.shows(slot) ? 0 : entry.unread);
    const line = make("span", { class: "snippet", dir: "auto" }, last ? snippet(last) : say("empty"));
    const top = make("span", { class: "chat-top" }, name, last ? make("time", {}, whenShort(last)) : null);
    const words = make("span", { class: "person-words" }, top, make("span", { class: "chat-bottom" }, line, unread));
    const attributes = {
      type: "button",
      class: open ? "chat-row open" : "chat-row",
      "aria-current": open ? "true" : null,
      onclick: () => desk.open(slot, person.id, entry.chat.id),
    };
    return make("li", {}, make("button", attributes, words));
  }
}

function footButton(drawing, label, onclick, more = {}) {
  return make("button", { type: "button", class: "foot-button", onclick }, icon(drawing), make("span", more, label));
}

/** What a person calls this chat: the private one bears the bot's name. */
export function chatName(chat, town) {
  return isPrivate(chat) ? nameOf(town.bot) : nameOf(chat);
}

export function badge(unread) {
  if (!unread) return null;
  const label = say("unread", { count: unread });
  return make("span", { class: "unread", role: "img", "aria-label": label }, number(unread));
}

/** The switcher of a narrow screen: the customer's phone or the staff's. */
export function drawSwitcher(town, desk) {
  const tabs = Object.entries(desk.places).map(([slot, place]) => {
    const person = town.person(place.person);
    const entry = town.chat(place.person, place.chat);
    const front = desk.front === slot;
    const unread = front ? 0 : town.unreadOf(place.person);
    const where = entry ? chatName(entry.chat, town) : say(person.role);
    const words = make("span", { class: "person-words" }, make("b", { dir: "auto" }, nameOf(person)), make("span", { dir: "auto" }, where));
    const attributes = { type: "button", class: "switch", "aria-pressed": String(front), onclick: () => desk.bringToFront(slot) };
    return make("button", attributes, avatar(person.id, nameOf(person), "small"), words, badge(unread));
  });
  const open = iconButton("menu", say("people"), () => desk.openList(), { kind: "quiet" });
  return [open, make("div", { class: "switches", role: "group", "aria-label": say("people") }, tabs)];
}
