// Photos in the log: one of them, or several of an album side by side.
import { make } from "./dom.js";
import { say } from "./words.js";

/** The photo of a message as {id, url, label}, in a list that may be empty. */
export function photosOf(message) {
  if (!message.photo?.length) return [];
  return [{ id: message.message_id, url: urlOf(message), label: message.caption ?? say("photo") }];
}

/** Where the bytes of a message's file are; never anywhere but here. */
export function urlOf(message) {
  const file = message.photo?.at(-1) ?? message.document;
  return `/api/files/${encodeURIComponent(file.file_id)}`;
}

export function photo(message, actions) {
  const { width, height } = message.photo.at(-1);
  // The caption stands below for everybody to read: here it would be told twice.
  const picture = make("img", { src: urlOf(message), alt: "", loading: "lazy", decoding: "async", width, height });
  const attributes = { type: "button", class: "photo", "aria-label": say("open_photo"), onclick: () => actions.show(message.message_id) };
  return make("button", attributes, picture);
}

/** The photos of an album. */
export function album(messages, actions) {
  const kind = messages.length % 2 === 1 ? "album odd" : "album";
  return make("div", { class: kind, role: "group", "aria-label": say("album") }, messages.map((one) => photo(one, actions)));
}
