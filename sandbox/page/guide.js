// The way of a newcomer: from joining to the first purchase and the card, one next step at a time.
import { icon, iconButton, make } from "./dom.js";
import { recall, remember } from "./memory.js";
import { nameOf } from "./service.js";
import { isCustomer, isPrivate } from "./town.js";
import { say } from "./words.js";

const NUMBER = /^\d{4,12}$/;
const EXAMPLE_AMOUNT = 250000;
const RECEIPT_MS = 4000;

/** Shows the next step over the composers; whoever closes it has seen enough. */
export class Guide {
  #timer = null;
  #done = recall("guided") ?? false;

  /** `desk` has panes {customer, staff}, `narrow()`, and `bringToFront(slot)`. */
  constructor(desk) {
    this.desk = desk;
  }

  look() {
    const { customer, staff } = this.desk.panes;
    const strips = this.#done ? {} : this.#strips(customer, staff);
    draw(customer.strip, strips.customer, () => this.#end());
    draw(staff.strip, strips.staff, () => this.#end());
  }

  #end() {
    this.#done = true;
    remember("guided", true);
    this.look();
  }

  /** What each phone says now: {text, label, act} or nothing. */
  #strips(customer, staff) {
    const ready = isCustomer(customer.person) && isPrivate(customer.chat) && staff.chat.id === customer.town.staffChat;
    const number = ready ? memberNumber(customer.log.all()) : null;
    if (!number || !offers(staff, "purchase")) return {};
    const name = nameOf(customer.person);
    const purchase = purchaseOf(staff.log.all(), number);
    const paid = receiptOf(customer.log.all(), purchase);
    if (!paid && this.#onItsWay(purchase)) return {};
    if (!paid) return this.#toTheTill(customer, staff, { name, number });
    if (sawCard(customer.log.all(), paid.date) || !offers(customer, "card")) return {};
    return this.#toTheCard(customer, staff, name);
  }

  /** A purchase that was just sent is not asked for again. */
  #onItsWay(purchase) {
    clearTimeout(this.#timer);
    const left = purchase ? purchase.date * 1000 + RECEIPT_MS - Date.now() : 0;
    if (left > 0) this.#timer = setTimeout(() => this.look(), left);
    return left > 0;
  }

  #toTheTill(customer, staff, facts) {
    const fill = () => {
      this.desk.bringToFront("staff");
      staff.composer.suggest(`/purchase ${facts.number} ${EXAMPLE_AMOUNT}`);
    };
    const text = say("guide_till", { name: facts.name });
    const there = { text, label: say("guide_till_go", { name: nameOf(staff.person) }), act: fill };
    return {
      customer: this.desk.narrow() ? there : null,
      staff: { text, label: say("guide_till_fill"), act: fill },
    };
  }

  #toTheCard(customer, staff, name) {
    const show = async () => {
      this.desk.bringToFront("customer");
      await customer.say("/card");
    };
    return {
      customer: { text: say("guide_card"), label: say("guide_card_show"), act: show },
      staff: this.desk.narrow()
        ? { text: say("guide_news", { name }), label: say("guide_news_go", { name }), act: show }
        : null,
    };
  }
}

function offers(pane, command) {
  return (pane.commands ?? []).some((one) => one.command === command);
}

/** The number of the card, as the bot writes it: something to copy, and all digits. */
function memberNumber(messages) {
  for (const message of messages) {
    if (!message.from?.is_bot) continue;
    const text = message.text ?? message.caption;
    for (const { type, offset, length } of message.entities ?? message.caption_entities ?? []) {
      const marked = type === "code" ? text.slice(offset, offset + length) : "";
      if (NUMBER.test(marked)) return marked;
    }
  }
  return null;
}

/** The last one: the first may have been refused. */
function purchaseOf(messages, number) {
  return messages.findLast(({ text }) => text?.startsWith("/purchase") && text.includes(number));
}

/** What the bot told the customer after it. */
function receiptOf(messages, purchase) {
  return purchase && messages.find(({ date, from }) => from?.is_bot && date >= purchase.date);
}

function sawCard(messages, since) {
  return messages.some(({ photo, date, from, edit_date: edited }) => photo && from?.is_bot && (edited ?? date) >= since);
}

function draw(node, step, leave) {
  const told = JSON.stringify([step?.text, step?.label]);
  if (node.dataset.told === told) return;
  node.dataset.told = told;
  if (!step) return node.replaceChildren();
  let busy = false;
  const onclick = async () => {
    if (busy) return; // The second of two quick taps.
    busy = true;
    await step.act();
    busy = false;
  };
  const button = make("button", { type: "button", class: "primary", onclick }, step.label);
  const close = iconButton("close", say("guide_close"), leave, { kind: "quiet" });
  const words = make("p", { dir: "auto" }, step.text);
  const card = make("div", { class: "step", role: "note", "aria-label": say("guide") }, icon("spark"), words, button, close);
  return node.replaceChildren(card);
}
