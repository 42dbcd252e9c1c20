// One Tab stop for many things: the arrows move among them, as the eye sees them on the screen.

const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const ASIDE = 4; // What lies ahead is nearer than what lies aside.

/** Lets arrows, Home and End move the focus among what `selector` finds in `root`, now and later. */
export function roving(root, selector) {
  root.addEventListener("keydown", (event) => {
    const held = event.target.closest(selector);
    if (!held || event.altKey || event.ctrlKey || event.metaKey) return;
    const items = visible(root, selector);
    let next = null;
    if (event.key === "Home") next = items.at(0);
    else if (event.key === "End") next = items.at(-1);
    else if (event.key in STEPS) next = nearest(held, items, STEPS[event.key]);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  });
  root.addEventListener("focusin", (event) => {
    const held = event.target.closest(selector);
    if (held) setStop(root, selector, held);
  });
}

/** Makes this one the Tab stop. */
export function setStop(root, selector, stop) {
  for (const item of root.querySelectorAll(selector)) item.tabIndex = item === stop ? 0 : -1;
}

function visible(root, selector) {
  return [...root.querySelectorAll(selector)].filter((item) => item.getClientRects().length > 0);
}

function nearest(held, items, [across, down]) {
  const from = middle(held);
  let best = null;
  let least = Infinity;
  for (const item of items) {
    const to = middle(item);
    const ahead = (to.x - from.x) * across + (to.y - from.y) * down;
    const aside = Math.abs((to.x - from.x) * down) + Math.abs((to.y - from.y) * across);
    const distance = ahead + aside * ASIDE;
    if (item !== held && ahead > 1 && distance < least) [best, least] = [item, distance];
  }
  return best;
}

function middle(node) {
  const box = node.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
