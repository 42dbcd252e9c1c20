// What the composer, the messages and the menu of a phone do when they are pressed.
import { askText, confirmContact } from "./dialogue.js";
import * as door from "./door.js";
import { startCode } from "./entities.js";
import { isPrivate } from "./town.js";
import { viewPhoto } from "./viewer.js";
import { say } from "./words.js";

export function composerActions(pane) {
  const here = () => [pane.person.id, pane.chat.id];
  return {
    send: (text, replyTo) => pane.say(text, replyTo),
    edit: (id, text) => pane.attempt(() => door.edit(...here(), { message_id: id, text })),
    file: (file, caption, replyTo) => {
      const facts = { caption, replyTo, thread: pane.topicFacts().message_thread_id };
      return pane.attempt(() => door.sendFile(...here(), file, facts));
    },
    command: (name, replyTo) => pane.say(addressed(pane, name), replyTo),
    contact: () => shareContact(pane),
  };
}

/** In a group a command from the list names its bot, as the messenger does. */
function addressed(pane, name) {
  return isPrivate(pane.chat) ? `/${name}` : `/${name}@${pane.town.bot.username}`;
}

async function shareContact(pane) {
  if (!(await confirmContact(pane.person, pane.town.bot))) return;
  const number = pane.person.phone;
  const facts = number ? { phone_number: number } : {};
  await pane.attempt(() => door.shareContact(pane.person.id, pane.chat.id, facts));
}

export function messageActions(pane) {
  const codeOf = (url) => startCode(url, pane.town.bot.username);
  return {
    copy: (text) => copy(pane, text),
    command: (text) => pane.say(text),
    opens: (url) => codeOf(url) !== null,
    link: (url) => pane.desk.followLink(pane, codeOf(url)),
    press: (message, button, key) => press(pane, message, button, key),
    reply: (message) => pane.composer.reply(message),
    edit: (message) => pane.composer.edit(message),
    view: (photos, id) => viewPhoto(photos, id),
    tell: (text) => pane.tell(text),
  };
}

function press(pane, message, button, key) {
  const facts = { message_id: message.message_id, data: button.callback_data };
  const ask = () => pane.attempt(() => door.press(pane.person.id, pane.chat.id, facts));
  return pane.presses.start(key, ask);
}

async function copy(pane, text) {
  try {
    await navigator.clipboard.writeText(text);
    pane.tell(say("copied"));
  } catch (error) {
    pane.tell(say("not_sent", { reason: error.message }));
  }
}

/** What the menu in the head offers to this person. */
export function menuItems(pane) {
  if (!isPrivate(pane.chat)) return groupItems(pane);
  if (pane.person.deactivated) return [];
  if (pane.person.blocked) {
    return [{ label: say("unblock"), act: () => pane.setBlocked(false), drawing: "block" }];
  }
  return [{ label: say("block"), act: () => pane.block(), kind: "grave", drawing: "block" }];
}

/** Topics are the founder's to make. */
function groupItems(pane) {
  const members = pane.town.chat(pane.person.id, pane.chat.id)?.members ?? [];
  const founder = members.some((one) => one.id === pane.person.id && one.status === "creator");
  if (!founder) return [];
  if (pane.chat.is_forum) {
    return [{ label: say("new_topic"), act: () => newTopic(pane), drawing: "plus" }];
  }
  return [{ label: say("topics_on"), act: () => change(pane, { forum: true }), drawing: "topics" }];
}

async function newTopic(pane) {
  const name = await askText(say("new_topic"), say("name"), say("create"));
  if (name) await change(pane, { topic: name });
}

function change(pane, facts) {
  return pane.attempt(async () => {
    await door.changeGroup(pane.chat.id, facts);
    await pane.town.load();
  });
}
