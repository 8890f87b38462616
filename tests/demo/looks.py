"""What can be measured of a page's looks: names, contrast, overflow; each gives what is wrong."""

from playwright.async_api import Page

_NAMELESS = """() => [...document.querySelectorAll('button, textarea, select, a, [role=log], [role=tab]')]
  .filter((node) => node.checkVisibility())
  .filter((node) => {
    const name = node.getAttribute('aria-label') ?? node.labels?.[0]?.textContent ?? node.textContent;
    return name.trim() === '';
  })
  .map((node) => `${node.className || node.tagName} has no name`)"""

# WCAG 2: relative luminance, and a ratio of at least 4.5 between text and what is behind it.
_FAINT = """() => {
  const channels = (color) => {
    const found = color.match(/[\\d.]+/g).map(Number);
    const scale = color.startsWith('color(') ? 255 : 1;
    const [red, green, blue, alpha = 1] = found;
    return [red * scale, green * scale, blue * scale, alpha];
  };
  const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] + below[i] * (1 - top[3])).concat(1);
  const behind = (node) => {
    if (!node) return [255, 255, 255, 1];
    const style = getComputedStyle(node);
    const gradient = style.backgroundImage.match(/rgba?\\([^)]*\\)/);
    const own = gradient && node !== document.body ? channels(gradient[0]) : channels(style.backgroundColor);
    if (node === document.body && gradient) return channels(gradient[0]);
    return own[3] === 1 ? own : over(own, behind(node.parentElement));
  };
  const light = (color) => {
    const linear = (part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = color.map((part) => linear(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = new Set();
  let looked = 0;
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    const seen = { opacityProperty: true, visibilityProperty: true };
    if (!texts.currentNode.data.trim() || !node.checkVisibility(seen)) continue;
    if (node.closest('script, style, .hidden-text, .skip, .toast, .spoiler, :disabled')) continue;
    looked += 1;
    const ground = behind(node);
    const ink = over(channels(getComputedStyle(node).color), ground);
    const [high, low] = [light(ink), light(ground)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) faint.add(`${node.className || node.tagName}: ${ratio.toFixed(2)}`);
  }
  return looked ? [...faint] : ['no text was looked at'];
}"""

_TOO_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter((node) => node.checkVisibility() && !node.closest('.ideas, .hidden-text, .skip'))
  .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
  .map((node) => `${node.className || node.tagName} reaches beyond the right edge`)
  .concat(document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [])"""


async def nameless(page: Page) -> list[str]:
    """Controls that a screen reader cannot call by a name."""
    found: list[str] = await page.evaluate(_NAMELESS)
    return found


async def faint(page: Page) -> list[str]:
    """Texts with too little contrast to what is behind them."""
    found: list[str] = await page.evaluate(_FAINT)
    return found


async def too_wide(page: Page) -> list[str]:
    """What does not fit into the window's width."""
    found: list[str] = await page.evaluate(_TOO_WIDE)
    return found
