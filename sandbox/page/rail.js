// The column of people: who one can be, and the chats of those who are chosen.
import { whenShort } from "./dates.js";
import { avatar, icon, iconButton, make } from "./dom.js";
import { roving, setStop } from "./roving.js";
import { nameOf, snippet } from "./service.js";
import { isCustomer, isPrivate } from "./town.js";
import { number, say } from "./words.js";

const SLOTS = ["customer", "staff"];
const ROWS = ".person, .chat-row";
const MANY_PEOPLE = 12; // From here on one looks for a name.
const MOST_SHOWN = 60;

export class Rail {
  #wanted = "";
  #drawn = "";
  #lastChosen = "";

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
    const { town, places } = this.desk;
    this.search.hidden = town.people.length < MANY_PEOPLE;
    const circles = SLOTS.map((slot) => ({ slot, ...this.#selection(slot) }));
    const told = circles.map(({ shown, hidden }) => [hidden, shown.map((one) => [one, town.chatsOf(one.id)])]);
    const { lang } = document.documentElement;
    const facts = JSON.stringify([told, places, this.#wanted, this.desk.front, this.desk.narrow(), town.clubOffset, lang]);
    if (facts === this.#drawn) return;
    this.#drawn = facts;
    const held = this.people.contains(document.activeElement) ? document.activeElement : null;
    const tops = [...this.people.querySelectorAll(".rows")].map((rows) => rows.scrollTop);
    const { scrollTop } = this.people;
    this.people.replaceChildren(...circles.map((circle) => this.#circle(circle)));
    this.people.querySelectorAll(".rows").forEach((rows, n) => (rows.scrollTop = tops[n] ?? 0));
    this.people.scrollTop = scrollTop;
    this.#showChosen();
    this.#giveFocusBack(held);
  }

  /** Rows change their places; whoever stood on one stays on it. */
  #giveFocusBack(held) {
    const same = held?.dataset.row ? `[data-row="${held.dataset.row}"]` : ".circle-head button";
    const again = held ? this.people.querySelector(same) : null;
    const row = again?.matches(ROWS) ? again : this.people.querySelector(".chat-row.open");
    setStop(this.people, ROWS, row ?? this.people.querySelector(ROWS));
    again?.focus({ preventScroll: true });
  }

  /** Who was just chosen, or is found again after a search, is brought into sight. */
  #showChosen() {
    const chosen = JSON.stringify([SLOTS.map((slot) => this.desk.places[slot]?.person), this.#wanted]);
    if (chosen === this.#lastChosen) return;
    this.#lastChosen = chosen;
    if (this.#wanted) return;
    for (const row of this.people.querySelectorAll(".person.chosen")) {
      const rows = row.closest(".rows");
      const [inside, around] = [row.parentElement.getBoundingClientRect(), rows.getBoundingClientRect()];
      if (inside.bottom > around.bottom) rows.scrollTop += inside.bottom - around.bottom;
      if (inside.top < around.top) rows.scrollTop += inside.top - around.top;
    }
  }

  /** Who has something unread comes first, then who was heard of last; who is chosen is always there. */
  #selection(slot) {
    const { town, places } = this.desk;
    const chosen = places[slot]?.person;
    const fits = (person) => isCustomer(person) === (slot === "customer");
    const named = (person) => person.id === chosen || nameOf(person).toLowerCase().includes(this.#wanted);
    const found = town.people.filter((person) => fits(person) && named(person));
    const ranks = new Map(found.map(({ id }) => [id, [id !== chosen && town.unreadOf(id) > 0 ? 1 : 0, town.heardOf(id)]]));
    const [waits, heard] = [(person) => ranks.get(person.id)[0], (person) => ranks.get(person.id)[1]];
    if (slot === "customer") found.sort((one, other) => waits(other) - waits(one) || heard(other) - heard(one));
    const shown = found.slice(0, MOST_SHOWN);
    const left = found.slice(MOST_SHOWN).find((person) => person.id === chosen);
    if (left) shown.splice(-1, 1, left);
    return { shown, hidden: found.length - shown.length, chosen };
  }

  #circle({ slot, shown, hidden, chosen }) {
    const title = say(slot === "customer" ? "customers" : "staff");
    const rows = shown.map((person) => this.#person(slot, person, person.id === chosen));
    const more = hidden > 0 ? make("li", { class: "more" }, say("more_people", { count: hidden })) : null;
    const plus = slot === "customer" ? iconButton("plus", say("new_person"), () => this.desk.newPerson(), { kind: "quiet" }) : null;
    const head = make("div", { class: "circle-head" }, make("h2", {}, title), plus);
    return make("section", { class: `circle ${slot}`, "aria-label": title }, head, make("ul", { class: "rows" }, rows, more));
  }

  #person(slot, person, chosen) {
    const { desk } = this;
    // Under who is chosen stand the chats themselves, each with its last message.
    const last = chosen ? undefined : desk.town.lastOf(person.id);
    const name = make("b", { dir: "auto" }, nameOf(person));
    const top = make("span", { class: "chat-top" }, name, last ? make("time", {}, whenShort(last)) : null);
    const mark = chosen ? null : badge(desk.town.unreadOf(person.id));
    const words = make("span", { class: "person-words" }, top, make("span", { class: "chat-bottom" }, ...this.#about(person, last, chosen), mark));
    const attributes = {
      type: "button",
      class: chosen ? "person chosen" : "person",
      "aria-pressed": String(chosen),
      "data-row": person.id,
      title: nameOf(person),
      onclick: () => desk.open(slot, person.id),
    };
    const row = make("button", attributes, avatar(person.id, nameOf(person)), words);
    const chats = chosen ? desk.town.chatsOf(person.id).map((entry) => this.#chat(slot, person, entry)) : [];
    return make("li", {}, row, chats.length > 0 ? make("ul", { class: "chats" }, chats) : null);
  }

  /** What stands under a name: a customer's last message; of staff first what they are. */
  #about(person, last, chosen) {
    if (person.deactivated) return [make("span", { class: "snippet" }, say("deactivated"))];
    const role = make("span", { class: "role" }, say(person.role));
    const said = last ? make("span", { class: "snippet", dir: "auto" }, snippet(last)) : null;
    if (!isCustomer(person)) return [role, said];
    const silent = !chosen && this.desk.town.knows(person.id);
    return [said ?? (silent ? make("span", { class: "snippet" }, say("empty")) : role)];
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
      "data-row": `${person.id}:${entry.chat.id}`,
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
