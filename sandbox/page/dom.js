// Building nodes, never markup: nothing a message contains can become an element or a script.

const PATHS = {
  book: "M4 5.5c3-1.6 6-1 8 1 2-2 5-2.600 8-1v12.500c-3-1.600-6-1-8 1-2-2-5-2.600-8-1zM12 6.500v12.500",
  send: "M4.500 5.500 20.500 12l-16 6.500 2.500-6.500zM7 12h6",
  clip: "M20 11.500 12 19.500a5 5 0 0 1-7-7l8.500-8.500a3.300 3.300 0 0 1 4.700 4.700L9.800 17a1.700 1.700 0 0 1-2.400-2.400l7.600-7.600",
  keys: "M3.500 6.500h17v11h-17zM7 10h.01M10.500 10h.01M14 10h.01M17 10h.01M8 14h8",
  slash: "M4 4h16v16H4zM14 8l-4 8",
  reply: "M10 6 4 12l6 6v-4c5 0 8 1.500 10 4.500-.5-5-3.500-8.500-10-8.500z",
  pencil: "M5 19l1-4L16 5l3 3L9 18zM14 7l3 3",
  close: "M6 6l12 12M18 6 6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  plus: "M12 5v14M5 12h14",
  file: "M7 3.500h7l4 4v13H7zM13.500 3.500v4.500H18",
  block: "M5.700 5.700l12.600 12.600M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17z",
  down: "M6 9.500l6 6 6-6",
  link: "M8 16 16.500 7.500M9.500 7.500h7v7",
  copy: "M9 9h10.500v10.500H9zM15 9V4.500H4.500V15H9",
  phone: "M6.500 4h3l1.500 4-2 1.500a12 12 0 0 0 5.500 5.500l1.500-2 4 1.500v3a2 2 0 0 1-2 2C11 19.500 4.500 13 4.500 6a2 2 0 0 1 2-2z",
  globe: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM3.500 12h17M12 3.500c5 5 5 12 0 17M12 3.500c-5 5-5 12 0 17",
  warning: "M12 4 21 19.500H3zM12 10v4.500M12 17h.01",
  chat: "M4 5h16v11.500H11L6.500 20v-3.500H4z",
  tick: "M5 12.500l4.500 4.500L19 7.500",
  ticks: "M2 12.500l4.500 4.500L15 8M11.500 16l1 1L22 7.500",
  dots: "M12 5.500h.01M12 12h.01M12 18.500h.01",
  clock: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 7.500V12l3 2",
  traffic: "M8 4v16M8 20l-3.500-3.500M8 20l3.500-3.500M16 20V4M16 4l-3.500 3.500M16 4l3.500 3.500",
  pin: "M9 3.500h6l-.8 6 3.300 3.500h-11l3.300-3.500zM12 13v7.500",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  topics: "M4 6h11M4 12h16M4 18h8",
  spark: "M12 3.500l1.800 6.700 6.700 1.800-6.700 1.800L12 20.500l-1.800-6.700L3.500 12l6.700-1.800z",
};

/** One element with its attributes, listeners (`onclick`) and children; empty ones are left out. */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child || child === 0));
  return node;
}

/** A line drawing; screen readers skip it, so its button needs a name of its own. */
export function icon(name, mirrored = false) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", mirrored ? "icon mirrored" : "icon");
  path.setAttribute("d", PATHS[name]);
  drawing.append(path);
  return drawing;
}

/** A button that shows only a drawing and is named for those who cannot see it. */
export function iconButton(name, label, onclick, { kind = "", mirrored = false } = {}) {
  const attributes = { type: "button", class: `icon-button ${kind}`, title: label, onclick };
  return make("button", { ...attributes, "aria-label": label }, icon(name, mirrored));
}

/** A round picture: the first letter of a name on a colour that stays the same for one id. */
export function avatar(id, name, kind = "") {
  const letter = Array.from(name || "?")[0];
  const tone = Math.abs(Number(id)) % 6;
  return make("span", { class: `avatar tone-${tone} ${kind}`, "aria-hidden": "true" }, letter);
}

/** Leaves exactly these children in this order, and moves only those that are out of place. */
export function arrange(parent, wanted) {
  let cursor = parent.firstChild;
  for (const node of wanted) {
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
  }
  while (cursor) {
    const gone = cursor;
    cursor = cursor.nextSibling;
    gone.remove();
  }
}
