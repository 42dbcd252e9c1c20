// Who holds which phone, in which chat and topic; a reload finds everybody where they were.
import { recall, remember } from "./memory.js";
import { isCustomer, isPrivate } from "./town.js";

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

  /** Where a reload left off; what is gone since then falls back to the first who fits. */
  settle() {
    const stored = Object.keys(this.all).length > 0 ? this.all : (recall("places") ?? {});
    for (const slot of ["customer", "staff"]) {
      const fits = (person) => isCustomer(person) === (slot === "customer");
      const before = this.town.person(stored[slot]?.person);
      const kept = before && fits(before) && this.town.chatsOf(before.id).length > 0;
      const person = kept ? before : this.#first(fits);
      const known = this.town.chat(person.id, stored[slot]?.chat);
      const chat = known ? known.chat.id : this.#chatFor(slot, person.id);
      this.all[slot] = { person: person.id, chat, thread: known ? stored[slot].thread : undefined };
    }
  }

  /** The owner, who may do everything; else somebody who speaks the language of the page. */
  #first(fits) {
    const people = this.town.people.filter(fits);
    const owner = people.find((person) => person.id === this.town.owner);
    if (owner) return owner;
    const ours = people.find((person) => person.language_code === document.documentElement.lang);
    return ours ?? people[0] ?? this.town.people[0];
  }

  #chatFor(slot, personId) {
    const last = this.#last[personId];
    if (this.town.chat(personId, last)) return last;
    const staffRoom = this.town.chat(personId, this.town.staffChat);
    const group = this.town.chatsOf(personId).find((entry) => !isPrivate(entry.chat));
    return slot === "staff" ? ((staffRoom ?? group)?.chat.id ?? personId) : personId;
  }
}
