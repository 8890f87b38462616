// One menu for the whole page: over a message, or at a composer's clip. Arrow keys walk, Escape closes.

import { make } from "./words.js";

const MARGIN = 8;
const menu = make("div", { className: "menu", popover: "auto" });
menu.setAttribute("role", "menu");
document.body.append(menu);

/** Show `items` beside a button: { label, run, emoji?, pressed? }; emoji stand in one row above the others. */
export function openMenu(button, items, label) {
  const row = make("div", { className: "emoji" });
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "React");
  const rest = [];
  for (const item of items) (item.emoji ? row : rest)[item.emoji ? "append" : "push"](makeItem(item));
  menu.replaceChildren(...(row.children.length ? [row] : []), ...rest);
  menu.setAttribute("aria-label", label);
  button.focus(); // the browser gives the focus back to it when the menu closes
  menu.showPopover();
  place(button.getBoundingClientRect());
  menu.querySelector("[role^=menuitem]").focus();
}

function makeItem({ label, run, emoji, pressed }) {
  const item = make("button", { type: "button", tabIndex: -1 }, label);
  item.setAttribute("role", emoji ? "menuitemcheckbox" : "menuitem");
  if (emoji) item.setAttribute("aria-checked", String(pressed));
  item.onclick = () => {
    menu.hidePopover();
    run();
  };
  return item;
}

function place(around) {
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.min(Math.max(around.right - width, MARGIN), innerWidth - width - MARGIN);
  const below = around.bottom + 4;
  const top = below + height < innerHeight - MARGIN ? below : Math.max(around.top - height - 4, MARGIN);
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}

menu.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (!step) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("[role^=menuitem]")];
  items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
});

addEventListener("resize", () => menu.matches(":popover-open") && menu.hidePopover());
