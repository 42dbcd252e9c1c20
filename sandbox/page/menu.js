// A small menu that drops from a button: Escape or a press beside it closes it.
import { icon, make } from "./dom.js";
import { roving, setStop } from "./roving.js";

const ITEMS = "[role=menuitem]";
const EDGE_PX = 8;

/**
 * A button that opens a menu. `items()` is asked at each opening: {label, act, kind?}.
 */
export function menuButton(attributes, children, items) {
  const list = make("div", { class: "menu", role: "menu", popover: "auto", "aria-label": attributes.title });
  const button = make("button", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", ...attributes }, children);
  button.popoverTargetElement = list;
  roving(list, ITEMS);
  list.addEventListener("beforetoggle", (event) => {
    if (event.newState === "open") list.replaceChildren(...items().map((item) => row(item, list)));
  });
  list.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    place(list, button.getBoundingClientRect());
    setStop(list, ITEMS, list.querySelector(ITEMS));
    list.querySelector(ITEMS)?.focus();
  });
  return make("span", { class: "menu-holder" }, button, list);
}

function row({ label, act, kind = "", drawing }, list) {
  const onclick = () => {
    list.hidePopover();
    act();
  };
  const attributes = { type: "button", role: "menuitem", class: `menu-row ${kind}`, onclick };
  return make("button", attributes, drawing ? icon(drawing) : null, make("span", { dir: "auto" }, label));
}

/** Under the button, or over it where there is no room below, and never off the screen. */
function place(list, anchor) {
  const { width, height } = list.getBoundingClientRect();
  const rtl = document.documentElement.dir === "rtl";
  const wanted = rtl ? anchor.left : anchor.right - width;
  const left = Math.max(EDGE_PX, Math.min(wanted, innerWidth - width - EDGE_PX));
  const below = anchor.bottom + height + EDGE_PX < innerHeight;
  const top = below ? anchor.bottom + 4 : Math.max(EDGE_PX, anchor.top - height - 4);
  list.style.left = `${left}px`;
  list.style.top = `${top}px`;
}
