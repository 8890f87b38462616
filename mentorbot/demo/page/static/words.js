// A message's text with its formatting, as nodes. Offsets are UTF-16 code units, which is how JavaScript counts too.

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};
const LINKS = new Set(["url", "text_link", "email", "phone_number", "mention", "text_mention", "hashtag", "cashtag"]);

export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  Object.assign(node, properties);
  node.append(...children);
  return node;
}

/** Nodes for `text`; `onCommand` is called with a /command that is pressed. */
export function words(text, entities, onCommand) {
  const order = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return nest(order, 0, text.length);

  // Entities may lie inside one another; where one only reaches into another, it is cut in two.
  function nest(left, from, to) {
    const nodes = [];
    let at = from;
    while (left.length) {
      const outer = left.shift();
      const start = Math.max(outer.offset, at);
      const end = Math.min(outer.offset + outer.length, to);
      if (end <= start) continue;
      const inside = left.filter((other) => other.offset < end);
      left = left.filter((other) => other.offset + other.length > end);
      if (start > at) nodes.push(text.slice(at, start));
      nodes.push(dress(outer, text.slice(start, end), nest(inside, start, end)));
      at = end;
    }
    if (at < to) nodes.push(text.slice(at, to));
    return nodes;
  }

  function dress(entity, plain, inside) {
    if (entity.type === "spoiler") return spoiler(inside);
    if (entity.type === "bot_command") {
      return make("button", { type: "button", className: "command", onclick: () => onCommand(plain) }, plain);
    }
    if (LINKS.has(entity.type)) {
      // Nothing on this page leads outside: a link shows where it would lead.
      return make("span", { className: "link", title: entity.url ?? plain }, ...inside);
    }
    return make(TAGS[entity.type] ?? "span", {}, ...inside);
  }
}

function spoiler(inside) {
  const cover = make("button", { type: "button", className: "spoiler" });
  cover.setAttribute("aria-label", "Hidden words: press to show them");
  const covered = make("span", {}, ...inside);
  cover.append(covered);
  cover.onclick = () => {
    const shown = make("span", { className: "shown", tabIndex: -1 }, ...covered.childNodes);
    cover.replaceWith(shown);
    shown.focus();
  };
  return cover;
}
