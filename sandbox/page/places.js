// Who holds which phone, in which chat and topic; a reload finds everybody where they were.
import { recall, remember } from "./memory.js";
import { isCustomer, isPrivate } from "./town.js";

const SLOTS = ["customer", "staff"];

export class Places {
  all = {};
  #last = recall("chats") ?? {};

  constructor(town) {
    this.town = town;
  }

  /** Somebody takes a phone; without a chat they are in the one they were in. */
  take(slot, person, chat = this.#chatFor(slot, person), thread = undefined) {
    this.all[slot] = { person, chat, thread: thread ?? this.#threadOf(slot, chat) };
    this.#last[person] = chat;
    remember("places", this.all);
    remember("chats", this.#last);
    return this.all[slot];
  }

  #threadOf(slot, chat) {
    const before = this.all[slot];
    return before?.chat === chat ? before.thread : undefined;
  }

  /** Before one settles: the chats of those who will hold the phones, however big the town is. */
  async prepare() {
    const stored = this.#stored();
    await Promise.all(SLOTS.map((slot) => this.town.learn(this.#holder(slot, stored).id)));
  }

  /** Where a reload left off; what is gone since then falls back to the first who fits. */
  settle() {
    const stored = this.#stored();
    for (const slot of SLOTS) {
      const person = this.#holder(slot, stored);
      const known = this.#find(person.id, stored[slot]?.chat);
      const chat = known ? known.chat.id : this.#chatFor(slot, person.id);
      this.all[slot] = { person: person.id, chat, thread: known ? stored[slot].thread : undefined };
    }
  }

  #stored() {
    return Object.keys(this.all).length > 0 ? this.all : (recall("places") ?? {});
  }

  #holder(slot, stored) {
    const fits = (person) => isCustomer(person) === (slot === "customer");
    const before = this.town.person(stored[slot]?.person);
    return before && fits(before) ? before : this.#first(fits);
  }

  /** The owner, who may do everything; else somebody who speaks the language of the page. */
  #first(fits) {
    const people = this.town.people.filter(fits);
    const owner = people.find((person) => person.id === this.town.owner);
    if (owner) return owner;
    const ours = people.find((person) => person.language_code === document.documentElement.lang);
    return ours ?? people[0] ?? this.town.people[0];
  }

  /** A chat by its number, or by the one it had before it became a supergroup. */
  #find(personId, chat) {
    const chats = this.town.chatsOf(personId);
    return chats.find((entry) => entry.chat.id === chat) ?? chats.find((entry) => chat && entry.migrated_from === chat);
  }

  #chatFor(slot, personId) {
    const last = this.#find(personId, this.#last[personId]);
    if (last) return last.chat.id;
    const staffRoom = this.#find(personId, this.town.staffChat);
    const group = this.town.chatsOf(personId).find((entry) => !isPrivate(entry.chat));
    return slot === "staff" ? ((staffRoom ?? group)?.chat.id ?? personId) : personId;
  }
}
