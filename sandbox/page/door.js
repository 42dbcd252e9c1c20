// The people's door of the sandbox: everything a person can do with their messenger.

/** What the sandbox answered when it refused; its message is meant for people. */
export class Refused extends Error {}

/** The sandbox could not be reached. */
export class Gone extends Error {}

const PAGE_LENGTH = 80;
const MOST_MESSAGES = 1000;

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(`/api/${path}`, options);
  } catch {
    throw new Gone("sandbox");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.error ?? `HTTP ${response.status}`);
  return answer;
}

function post(path, facts) {
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(facts) });
}

const at = (person, chat) => `people/${person}/chats/${chat}`;

export const town = () => ask("town");
export const counts = () => ask("counts");
export const chats = (person) => ask(`people/${person}/chats`);
/**
 * Messages and what stands beside them: the newest ones, with `before` those over that one, with
 * `after` all that followed that one; with `thread` those of a topic. `whole` tells that none are older.
 */
export async function messages(person, chat, { thread, after, before } = {}) {
  const limit = after === undefined ? PAGE_LENGTH : MOST_MESSAGES;
  const query = new URLSearchParams({ limit });
  for (const [name, value] of Object.entries({ thread, after, before })) if (value) query.set(name, value);
  const answer = await ask(`${at(person, chat)}/messages?${query}`);
  return { ...answer, whole: after === undefined && answer.messages.length < limit };
}
/** One message, or undefined when it is gone. */
export async function message(person, chat, id) {
  const answer = await ask(`${at(person, chat)}/messages?after=${id - 1}&limit=1`);
  return answer.messages.find((one) => one.message_id === id);
}
export const ticks = (chat) => ask(`ticks/${chat}`);
export const calls = (after) => ask(`calls?after=${after}`);
export const faults = () => ask("faults");
export const clearFaults = () => ask("faults", { method: "DELETE" });
export const callback = (id) => ask(`callbacks/${id}`);
export const newPerson = (facts) => post("people", facts);
export const changePerson = (person, facts) => post(`people/${person}`, facts);
export const changeGroup = (group, facts) => post(`groups/${group}`, facts);
export const say = (person, chat, facts) => post(`${at(person, chat)}/messages`, facts);
export const press = (person, chat, facts) => post(`${at(person, chat)}/press`, facts);
export const edit = (person, chat, facts) => post(`${at(person, chat)}/edit`, facts);
export const read = (person, chat, message) =>
  post(`${at(person, chat)}/read`, { message_id: message });
export const shareContact = (person, chat, facts) => post(`${at(person, chat)}/contact`, facts);

/** A picture goes as a photo, anything else as a document. */
export function sendFile(person, chat, file, { caption, replyTo, thread }) {
  const form = new FormData();
  const photo = /^image\/(png|jpeg|webp)$/.test(file.type);
  form.append(photo ? "photo" : "document", file, file.name);
  if (caption) form.append("caption", caption);
  if (replyTo) form.append("reply_to_message_id", replyTo);
  if (thread) form.append("message_thread_id", thread);
  return ask(`${at(person, chat)}/messages`, { method: "POST", body: form });
}
