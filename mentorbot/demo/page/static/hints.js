// The bot's commands, offered while somebody types one: arrow keys choose, Enter or a press sends.

import { make } from "./words.js";

export class Hints {
  constructor(list, text, send) {
    this.list = list;
    this.text = text;
    this.send = send;
    this.commands = [];
    this.chosen = -1;
    text.addEventListener("input", () => this.offer());
    text.addEventListener("blur", () => setTimeout(() => this.close(), 150)); // a press comes after the blur
  }

  offer() {
    const typed = /^\/\w*$/.exec(this.text.value)?.[0];
    const fitting = typed ? this.commands.filter(({ command }) => `/${command}`.startsWith(typed)) : [];
    this.chosen = -1;
    this.list.replaceChildren(...fitting.map((offered, index) => this.option(offered, index)));
    this.list.hidden = fitting.length === 0;
    this.text.removeAttribute("aria-activedescendant");
  }

  option({ command, description }, index) {
    const option = make("div", { className: "hint", id: `${this.list.id}-${index}` });
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.command = `/${command}`;
    option.append(make("b", {}, `/${command}`), make("span", {}, description));
    option.onclick = () => this.pick(option);
    return option;
  }

  /** Whether a key was meant for the list. */
  takes(event) {
    if (this.list.hidden) return false;
    const options = [...this.list.children];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = this.chosen < 0 && step < 0 ? 0 : this.chosen;
      this.choose(options, (from + step + options.length) % options.length);
    } else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && this.chosen >= 0) this.pick(options[this.chosen]);
    else return false;
    event.preventDefault();
    return true;
  }

  choose(options, index) {
    this.chosen = index;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    this.text.setAttribute("aria-activedescendant", options[index].id);
    options[index].scrollIntoView({ block: "nearest" });
  }

  async pick(option) {
    this.close();
    if ((await this.send(option.dataset.command)) !== undefined) this.text.value = "";
    this.text.focus();
  }

  close() {
    this.list.hidden = true;
    this.chosen = -1;
    this.text.removeAttribute("aria-activedescendant");
  }
}
