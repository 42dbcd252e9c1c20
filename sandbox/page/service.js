// What happened in a group, in words; and one line for any message, for lists and quotes.
import { say } from "./words.js";

const TURNING = /[\u202a-\u202e\u2066-\u2069]/g; // These would turn round what stands beside a name.
const UNSEEN = /[\p{M}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** What somebody or something is called; where nothing of the name could be seen, its id. */
export function nameOf(party) {
  if (!party) return "";
  const told = party.title ?? [party.first_name, party.last_name].filter(Boolean).join(" ");
  const name = told.replace(TURNING, "");
  return name.replace(UNSEEN, "") ? name : String(party.id ?? party.user_id ?? "");
}

/** Who stands over a message: a group or channel that speaks for itself comes before a person. */
export function senderOf(message) {
  return message.sender_chat ?? message.from ?? message.chat;
}

/** The sentence of a service message, or null when this is an ordinary one. */
export function serviceText(message) {
  const who = nameOf(message.from);
  const joined = message.new_chat_members ?? [];
  if (joined.length > 0) return say("joined", { name: joined.map(nameOf) });
  if (message.left_chat_member) return say("left", { name: nameOf(message.left_chat_member) });
  if (message.group_chat_created || message.supergroup_chat_created)
    return say("group_created", { name: nameOf(message.chat) || who });
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return say("upgraded");
  if (message.new_chat_title) return say("renamed", { name: message.new_chat_title });
  if (message.pinned_message) return say("pinned", { name: who, message: snippet(message.pinned_message) });
  const topic = topicText(message);
  if (topic) return topic;
  const spoken = ["text", "photo", "document", "contact", "caption"];
  return spoken.some((field) => message[field] !== undefined) ? null : say("service");
}

function topicText(message) {
  const { forum_topic_created: created, forum_topic_edited: edited } = message;
  if (created) return say("topic_created", { name: created.name });
  if (edited) return edited.name ? say("topic_renamed", { name: edited.name }) : say("topic_changed");
  if (message.forum_topic_closed) return say("topic_closed");
  if (message.forum_topic_reopened) return say("topic_reopened");
  return null;
}

/** One line that stands for the message. */
export function snippet(message) {
  if (!message) return say("message");
  const service = serviceText(message);
  if (service) return service;
  const words = message.text ?? message.caption;
  if (words) return words.replace(/\s+/g, " ").trim();
  if (message.photo) return say("photo");
  if (message.document) return message.document.file_name ?? say("document");
  return say("contact");
}
