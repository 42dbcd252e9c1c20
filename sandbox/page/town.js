// Who lives in the town and which chats each of them has, kept up to date for the lists.
import { setClubClock } from "./dates.js";
import * as door from "./door.js";

const GATHER_MS = 120;
const NEARBY = 100; // In a big town the chats of the others are loaded when somebody asks.

export class Town {
  #chats = new Map();
  #stale = new Set();
  #timer = null;

  constructor(onchange) {
    this.onchange = onchange;
    this.people = [];
    this.bot = null;
    this.staffChat = null;
  }

  /** Everything anew: at the start, and after a break in which something may have been missed. */
  async load() {
    const facts = await door.town();
    this.bot = { ...facts.bot, first_name: facts.bot.first_name ?? facts.bot.name, is_bot: true };
    this.people = facts.people;
    this.staffChat = facts.staff_chat;
    this.owner = facts.owner_id;
    this.timeTravel = facts.time_travel ?? false;
    this.clubOffset = facts.club_offset_ms ?? 0;
    setClubClock(this.clubOffset, facts.club_zone);
    const staff = this.people.filter((person) => !isCustomer(person));
    const near = [...staff, ...this.people.slice(0, NEARBY)].map((person) => person.id);
    await Promise.all([...new Set([...near, ...this.#chats.keys()])].map((id) => this.#load(id)));
    this.onchange();
  }

  /** The chats of somebody who is not nearby. */
  async learn(personId) {
    if (!this.#chats.has(personId)) await this.#load(personId);
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

  /** Something happened in this chat: the lists of those who see it are loaded again, soon. */
  touch(chatId) {
    for (const id of this.#chats.keys()) if (this.chat(id, chatId)) this.#stale.add(id);
    if (this.#stale.size === 0) return;
    this.#timer ??= setTimeout(() => this.#refresh(), GATHER_MS);
  }

  async #refresh() {
    const stale = [...this.#stale];
    this.#stale.clear();
    this.#timer = null;
    try {
      await Promise.all(stale.map((id) => this.#load(id)));
    } catch {
      return; // The stream says so when the sandbox is gone, and loads everything when it is back.
    }
    this.onchange();
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
