// Who lives in the town and which chats each of them has, kept up to date for the lists.
import { setClubClock } from "./dates.js";
import * as door from "./door.js";

const GATHER_MS = 120;
const NEARBY = 100; // In a big town the chats of the others come later, by the handful,
const HANDFUL = 20; // so that whoever does something meanwhile does not wait for all of them.
const MOST_WATCHED = 1000;

export class Town {
  #chats = new Map();
  #asked = new Set();
  #stale = new Set();
  #arrivals = new Map();
  #timer = null;
  #loading = Promise.resolve();

  constructor(onchange) {
    this.onchange = onchange;
    this.people = [];
    this.bot = null;
    this.staffChat = null;
  }

  /**
   * Everything anew: at the start, and after a break in which something may have been missed. One
   * after another, so that an older answer never lands on a newer one.
   */
  load() {
    this.#loading = this.#loading.catch(() => undefined).then(() => this.#loadAll());
    return this.#loading;
  }

  async #loadAll() {
    const facts = await door.town();
    this.bot = { ...facts.bot, first_name: facts.bot.first_name ?? facts.bot.name, is_bot: true };
    this.#meet(facts.people);
    this.staffChat = facts.staff_chat;
    this.owner = facts.owner_id;
    this.timeTravel = facts.time_travel ?? false;
    this.clubOffset = facts.club_offset_ms ?? 0;
    setClubClock(this.clubOffset, facts.club_zone);
    const staff = this.people.filter((person) => !isCustomer(person));
    const ids = [...staff, ...this.people.slice(0, MOST_WATCHED)].map((person) => person.id);
    const near = new Set([...ids.slice(0, staff.length + NEARBY), ...this.#asked]);
    await Promise.all([...near].map((id) => this.#load(id)));
    for (const id of ids) if (!near.has(id)) this.#stale.add(id);
    this.onchange();
    this.#refreshSoon();
  }

  /** Who was not here before has just arrived. */
  #meet(people) {
    const before = new Set(this.people.map((person) => person.id));
    const now = (Date.now() + (this.clubOffset ?? 0)) / 1000;
    if (before.size > 0) for (const { id } of people) if (!before.has(id)) this.#arrivals.set(id, now);
    this.people = people;
  }

  /** The chats of somebody whom one looks at, now and from now on. */
  async learn(personId) {
    this.#asked.add(personId);
    if (!this.#chats.has(personId)) await this.#load(personId);
  }

  knows(personId) {
    return this.#chats.has(personId);
  }

  person(id) {
    return this.people.find((person) => person.id === id);
  }

  chatsOf(personId) {
    return this.#chats.get(personId) ?? [];
  }

  chat(personId, chatId) {
    return this.chatsOf(personId).find((entry) => entry.chat.id === chatId);
  }

  unreadOf(personId) {
    return this.chatsOf(personId).reduce((sum, entry) => sum + (entry.unread ?? 0), 0);
  }

  /** The newest message of a person's chats, or undefined. */
  lastOf(personId) {
    const said = this.chatsOf(personId).map((entry) => entry.last_message).filter(Boolean);
    return said.sort((one, other) => other.date - one.date)[0];
  }

  /** When somebody was last heard of, in seconds; 0 for those who never were. */
  heardOf(personId) {
    return Math.max(this.lastOf(personId)?.date ?? 0, this.#arrivals.get(personId) ?? 0);
  }

  /** Something happened in this chat: the lists of those who see it are loaded again, soon. */
  touch(chatId) {
    const seers = [...this.#chats.keys()].filter((id) => this.chat(id, chatId));
    // A private chat bears its person's id, also when that person's chats are still to come.
    if (this.person(chatId)) seers.push(chatId);
    if (seers.length > 0) this.#stale = new Set([...seers, ...this.#stale]);
    this.#refreshSoon();
  }

  #refreshSoon() {
    if (this.#stale.size > 0) this.#timer ??= setTimeout(() => this.#refresh(), GATHER_MS);
  }

  async #refresh() {
    try {
      while (await this.#loadSome()) this.onchange();
    } finally {
      this.#timer = null;
    }
  }

  /** False when nothing is left to load. */
  async #loadSome() {
    const some = [...this.#stale].slice(0, HANDFUL);
    for (const id of some) this.#stale.delete(id);
    try {
      await Promise.all(some.map((id) => this.#load(id)));
    } catch {
      this.#stale.clear(); // The stream tells of a sandbox that is gone, and loads all when it is back.
      return false;
    }
    return some.length > 0;
  }

  async #load(personId) {
    const answer = await door.chats(personId);
    this.#chats.set(personId, answer.chats ?? answer);
  }
}

export function isCustomer(person) {
  return person.role === "customer";
}

export function isPrivate(chat) {
  return chat.type === "private";
}
