// Messages as rows of the log: a day where a new one begins, a bubble, the buttons under it.

import { make, words } from "./words.js";

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" });

/** What each row shows: `tail` where the other side, or another day, follows. */
export function rowsOf(messages) {
  const today = DAY.format(new Date());
  const days = messages.map((message) => DAY.format(new Date(message.at * 1000)));
  return messages.map((message, index) => ({
    message,
    day: days[index] === days[index - 1] ? null : days[index] === today ? "Today" : days[index],
    tail: messages[index + 1]?.mine !== message.mine || days[index + 1] !== days[index],
  }));
}

export function makeRow({ message, day, tail }, chat) {
  const row = make("div", { className: `row ${message.mine ? "mine" : "theirs"}${tail ? " tail" : ""}` });
  if (day) row.append(make("div", { className: "day" }, make("span", {}, day)));
  row.append(makeBubble(message, chat));
  if (message.keyboard.length) row.append(makeKeyboard(message, chat));
  if (message.reactions.length) row.append(make("div", { className: "reactions" }, message.reactions.join(" ")));
  return row;
}

function makeBubble(message, chat) {
  const bubble = make("div", { className: "bubble", tabIndex: -1 });
  bubble.append(make("span", { className: "hidden-text" }, message.mine ? `${chat.name}: ` : "Bot: "));
  if (message.reply) bubble.append(makeReply(message.reply, chat));
  if (message.file) bubble.append(make("span", { className: "file" }, message.file.replace("_", " ")));
  const text = words(message.text, message.entities, (command) => chat.send(command));
  bubble.append(make("div", { className: "words", dir: "auto" }, ...text), makeFoot(message));
  bubble.append(makeActions(message, chat, bubble));
  return bubble;
}

function makeReply(reply, chat) {
  const quoted = make("div", { className: "quoted" });
  quoted.append(make("b", {}, reply.mine ? chat.name : "Bot"), make("span", {}, reply.text));
  return quoted;
}

function makeFoot(message) {
  const foot = make("span", { className: "foot" });
  if (message.edited) foot.append("edited ");
  const at = new Date(message.at * 1000);
  foot.append(make("time", { dateTime: at.toISOString() }, TIME.format(at)));
  if (message.mine) {
    const tick = make("span", { className: "tick", title: message.waits ? "At Telegram" : "The bot has it" });
    tick.append(message.waits ? "✓" : "✓✓");
    tick.setAttribute("role", "img");
    tick.setAttribute("aria-label", tick.title);
    foot.append(tick);
  }
  return foot;
}

/** Reply, edit, delete. Only the message that has the focus puts them into the tab order. */
function makeActions(message, chat, bubble) {
  const actions = make("div", { className: "actions" });
  const add = (label, run) =>
    actions.append(make("button", { type: "button", tabIndex: -1, onclick: run }, label));
  add("Reply", () => chat.answer(message, "reply"));
  if (message.mine && !message.file) add("Edit", () => chat.answer(message, "edit"));
  if (message.mine) add("Delete", () => chat.remove(message));
  const reach = (index) => () => {
    for (const button of actions.children) button.tabIndex = index;
  };
  bubble.addEventListener("focusin", reach(0));
  bubble.addEventListener("focusout", (event) => {
    if (!bubble.contains(event.relatedTarget)) reach(-1)();
  });
  return actions;
}

function makeKeyboard(message, chat) {
  const keyboard = make("div", { className: "keyboard" });
  keyboard.setAttribute("role", "group");
  keyboard.setAttribute("aria-label", "Buttons");
  message.keyboard.forEach((labels, row) => {
    const line = make("div", { className: "keys" });
    labels.forEach((label, column) => {
      const key = make("button", { type: "button" }, label);
      key.onclick = () => chat.press(key, message.id, row, column);
      line.append(key);
    });
    keyboard.append(line);
  });
  return keyboard;
}
