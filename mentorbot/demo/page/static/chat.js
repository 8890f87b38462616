// One phone: its log of messages, its composer, and what the person at it can do.

import { makeRow, rowsOf } from "./bubbles.js";
import { Hints } from "./hints.js";
import { openMenu } from "./menu.js";
import { act } from "./server.js";
import { make } from "./words.js";

const NEAR_THE_END = 60;
const TOAST_MS = 6000;
const SAMPLES = [
  { what: "photo", label: "Photo" },
  { what: "album", label: "Album of three" },
  { what: "document", label: "Photo as a file" },
  { what: "voice", label: "Voice message" },
  { what: "sticker", label: "Sticker" },
  { what: "contact", label: "Own contact card" },
  { what: "location", label: "Location" },
];

export class Chat {
  constructor(section) {
    this.section = section;
    this.key = section.dataset.key;
    this.name = section.dataset.name;
    this.part = (selector) => section.querySelector(selector);
    this.log = this.part(".log");
    this.text = this.part("textarea");
    this.rows = new Map(); // message id -> { key, node }
    this.pressed = new Map(); // callback query -> button
    this.toastsSeen = null;
    this.about = null; // { message, kind: "reply" | "edit" }
    this.unread = 0;
    this.size = this.sizeOfLog();
    this.pinned = true; // the newest message is in sight, and shall stay so
    this.hints = new Hints(this.part(".hints"), this.text, (command) => this.send(command));
    this.listen();
  }

  listen() {
    this.part(".composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.text.addEventListener("keydown", (event) => this.typed(event));
    this.text.addEventListener("input", () => this.fit());
    this.part(".start").addEventListener("click", () => this.open());
    this.part(".door-type").addEventListener("click", () => this.fill(this.code));
    this.part(".answering-stop").addEventListener("click", () => this.stopAnswering());
    this.part(".attach").addEventListener("click", () => this.offerSamples());
    this.part(".down").addEventListener("click", () => this.toEnd());
    this.log.addEventListener("scroll", () => this.scrolled());
    new ResizeObserver(() => this.resized()).observe(this.log);
    this.log.addEventListener("keydown", (event) => this.walk(event));
    for (const event of ["pointerenter", "focusin", "pointerdown"]) {
      this.section.addEventListener(event, () => this.read());
    }
  }

  // What comes from the server

  show(phone) {
    this.showMessages(phone.messages);
    this.showDoor(phone);
    this.showToasts(phone.toasts);
    this.showTopics(phone.topics);
    this.hints.commands = phone.commands;
    this.part(".status").textContent = phone.typing ? "typing…" : "bot";
    this.part(".status").classList.toggle("busy", phone.typing);
    this.part(".alias").hidden = !phone.alias;
    this.part(".alias").textContent = phone.alias ? `is ${phone.alias}` : "";
    if (this.pinned) this.toEnd();
    this.showUnread(phone.unread);
  }

  showMessages(messages) {
    const wanted = rowsOf(messages);
    const ids = new Set(wanted.map((row) => row.message.id));
    for (const [id, { node }] of this.rows) {
      if (!ids.has(id)) {
        if (this.about?.message.id === id) this.stopAnswering();
        node.remove();
        this.rows.delete(id);
      }
    }
    let before = null;
    for (const row of wanted) {
      const key = JSON.stringify(row);
      const old = this.rows.get(row.message.id);
      if (old?.key === key) {
        before = old.node;
        continue;
      }
      const node = makeRow(row, this);
      if (old) {
        const hadFocus = old.node.contains(document.activeElement);
        node.classList.add("changed");
        old.node.replaceWith(node);
        if (hadFocus) node.querySelector(".bubble").focus();
      } else if (before) before.after(node);
      else this.log.prepend(node);
      this.rows.set(row.message.id, { key, node });
      before = node;
    }
    this.log.classList.toggle("empty", wanted.length === 0);
  }

  /** Where the next message goes, if there is a choice. */
  showTopics(topics) {
    const choice = this.part(".topics");
    const names = JSON.stringify(topics);
    if (choice.dataset.names === names) return;
    const chosen = choice.value;
    choice.dataset.names = names;
    choice.replaceChildren(
      make("option", { value: "" }, "General, outside the topics"),
      ...topics.map(({ id, name }) => make("option", { value: id }, `Topic: ${name}`)),
    );
    choice.value = topics.some(({ id }) => String(id) === chosen) ? chosen : "";
    choice.hidden = topics.length === 0;
  }

  /** A reply stands in the topic of what it answers. */
  topicOf(message) {
    return message ? (message.topic?.id ?? null) : Number(this.part(".topics").value) || null;
  }

  showDoor({ door, begun, alias }) {
    const away = !begun;
    const invited = door !== null && !door.opened;
    const waitsForInvite = away && !door && this.section.dataset.role !== "outsider";
    this.code = door?.code ?? "";
    const text = this.part(".door-text");
    if (invited) text.textContent = `${this.name} was sent a link. Its code is told on the phone.`;
    else if (door) text.replaceChildren("The code, told on the phone: ", make("code", {}, door.code));
    else if (waitsForInvite) text.textContent = `Nobody has invited ${this.name} yet.`;
    else if (away) text.textContent = `Nobody has invited ${this.name}, who has found the bot all the same.`;
    this.part(".door").hidden = !door && !away;
    this.part(".door-type").hidden = !door || invited;
    const start = this.part(".start");
    const had = document.activeElement === start;
    start.hidden = !invited && !away;
    start.textContent = invited ? "Open the invite link" : "Start";
    start.classList.toggle("inviting", invited);
    this.part(".composer").hidden = away;
    if (had && start.hidden) this.text.focus();
    this.section.classList.toggle("joined", Boolean(alias));
  }

  showToasts(toasts) {
    const seen = this.toastsSeen ?? new Set(toasts.map((toast) => toast.id));
    for (const toast of toasts) {
      this.release(toast.id);
      if (!seen.has(toast.id) && toast.text) this.toast(toast.text);
      seen.add(toast.id);
    }
    this.toastsSeen = seen;
  }

  toast(text) {
    const place = this.part(".toast");
    place.textContent = text;
    place.classList.add("up");
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => place.classList.remove("up"), TOAST_MS);
  }

  showUnread(count) {
    this.unread = count;
    this.showBadge(this.part(".bar .badge"), count);
    this.onUnread?.(count);
    if (count && this.isLookedAt()) this.read();
  }

  showBadge(badge, count) {
    badge.hidden = count === 0;
    badge.textContent = count;
    badge.setAttribute("aria-label", `${count} unread`);
  }

  // What the person does

  async do(action, body) {
    try {
      return await act(`/phones/${this.key}/${action}`, body);
    } catch (error) {
      this.toast(error.message);
      return undefined;
    }
  }

  async open() {
    this.part(".start").disabled = true; // a link is followed once
    await this.do("open");
    this.part(".start").disabled = false;
  }

  offerSamples() {
    const items = SAMPLES.map(({ what, label }) => ({ label, run: () => this.attach(what) }));
    openMenu(this.part(".attach"), items, "Attach");
  }

  async attach(what) {
    const answered = this.about?.kind === "reply" ? this.about.message : null;
    const where = { reply_to: answered?.id ?? null, topic: this.topicOf(answered) };
    if ((await this.do("attach", { what, text: this.text.value, ...where })) !== undefined) this.sent();
  }

  async submit() {
    const text = this.text.value;
    if (!text.trim()) return;
    this.hints.close();
    const about = this.about;
    const done =
      about?.kind === "edit"
        ? await this.do("edit", { message: about.message.id, text })
        : await this.send(text, about?.message, about?.quote);
    if (done !== undefined) this.sent();
  }

  sent() {
    this.text.value = "";
    this.fit();
    this.stopAnswering();
    this.toEnd();
  }

  send(text, answered, quote) {
    const where = { reply_to: answered?.id ?? null, topic: this.topicOf(answered) };
    return this.do("write", { text, ...where, quote: quote || null });
  }

  async press(button, message, row, column) {
    button.setAttribute("aria-busy", "true");
    const query = await this.do("press", { message, row, column });
    if (query === undefined) button.removeAttribute("aria-busy");
    else this.pressed.set(query, button);
  }

  release(query) {
    this.pressed.get(query)?.removeAttribute("aria-busy");
    this.pressed.delete(query);
  }

  answer(message, kind, quote = "") {
    this.about = { message, kind, quote };
    this.part(".answering").hidden = false;
    this.part(".answering-title").textContent = kind === "edit" ? "Change your message" : quote ? "Quote" : "Answer";
    this.part(".answering-text").textContent = quote || message.text || message.media?.label || "";
    if (kind === "edit") this.fill(message.text);
    this.text.focus();
  }

  stopAnswering() {
    if (this.about?.kind === "edit") this.text.value = "";
    this.about = null;
    this.part(".answering").hidden = true;
  }

  forward(message) {
    return this.do("forward", { message: message.id });
  }

  async remove(message) {
    if ((await this.do("delete", { message: message.id })) === undefined || !message.mine) return;
    const known = this.hints.commands.some(({ command }) => command === "delete");
    const instead = known ? " To have a copy removed, reply /delete to the message instead." : "";
    this.toast(`Gone from this chat. Telegram does not tell bots: what was passed on stays there.${instead}`);
  }

  read() {
    if (!this.unread) return;
    this.showUnread(0);
    this.do("read");
  }

  isLookedAt() {
    return document.hasFocus() && (this.section.contains(document.activeElement) || this.section.matches(":hover"));
  }

  // Keys, sizes, places

  typed(event) {
    if (event.isComposing || this.hints.takes(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") this.stopAnswering();
  }

  /** Arrow keys go from message to message; the one that has the focus offers its buttons. */
  walk(event) {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    const bubbles = [...this.log.querySelectorAll(".bubble")];
    const here = bubbles.indexOf(document.activeElement.closest(".bubble"));
    const up = event.key === "ArrowUp";
    const next = here < 0 ? bubbles.at(up ? -1 : 0) : bubbles[here + (up ? -1 : 1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  fill(text) {
    this.text.value = text;
    this.fit();
    this.text.focus();
  }

  fit() {
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  sizeOfLog() {
    return `${this.log.clientWidth} ${this.log.clientHeight}`;
  }

  resized() {
    this.size = this.sizeOfLog();
    if (this.pinned) this.toEnd();
  }

  scrolled() {
    if (this.sizeOfLog() !== this.size) return; // not the person scrolled: the log is about to be resized
    this.pinned = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_THE_END;
    this.part(".down").hidden = this.pinned;
  }
}
