// Runs in the browser, before each page: what the tests want to know of it.
window.inspector = (() => {
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);

  function luminance(color) {
    const [red = 0, green = 0, blue = 0] = color.map((channel) => {
      const share = channel / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  /** What shows of a colour in front of another one. */
  function over([red, green, blue, alpha = 1], behind) {
    return [red, green, blue].map((channel, index) => alpha * channel + (1 - alpha) * behind[index]);
  }

  /** What is behind everything: white, or what the browser takes where a page says that it can be dark. */
  function canvas() {
    const probe = document.createElement('div');
    probe.style.backgroundColor = 'Canvas';
    document.documentElement.append(probe);
    const color = channels(getComputedStyle(probe).backgroundColor);
    probe.remove();
    return color;
  }

  function background(element) {
    if (element === null) return canvas();
    const color = channels(getComputedStyle(element).backgroundColor);
    return color[3] === undefined ? color : over(color, background(element.parentElement));
  }

  function contrast(element) {
    const behind = background(element);
    const text = over(channels(getComputedStyle(element).color), behind);
    const both = [luminance(text), luminance(behind)];
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
  }

  return {
    /** WCAG 2.2 contrast of text and what is behind it: the lowest of all that match. */
    lowestContrast: (selector) => Math.min(...[...document.querySelectorAll(selector)].map(contrast)),
    direction: (selector) => getComputedStyle(document.querySelector(selector)).direction,
    /** Direction and text of all that match. */
    directions: (selector) =>
      [...document.querySelectorAll(selector)].map((each) => [
        getComputedStyle(each).direction,
        each.textContent,
      ]),
    pageBackground: () => background(document.body).join(' '),
    /** Pixels that stick out to the side. */
    overflow: () => document.documentElement.scrollWidth - window.innerWidth,
    /** What of an element sticks out of the window, where nothing around it scrolls. */
    cutOff(selector) {
      const scrolls = (element) =>
        element !== null &&
        (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
      return [...document.querySelectorAll(`${selector} *`)]
        .filter((element) => {
          const { left, right, width } = element.getBoundingClientRect();
          return width > 0 && (right > window.innerWidth + 1 || left < -1) && !scrolls(element.parentElement);
        })
        .map((element) => `${element.tagName}.${element.className}`);
    },
    /** The text of an element, and where each of its characters begins. */
    characters(selector) {
      const [{ firstChild: node }] = document.querySelectorAll(selector);
      const range = document.createRange();
      const lefts = [...node.data].map((_, index) => {
        range.setStart(node, index);
        range.setEnd(node, index + 1);
        return range.getBoundingClientRect().left;
      });
      return { text: node.data, lefts };
    },
    /** All that matters of a mail, in one question. */
    mail() {
      const paragraphs = [...document.querySelectorAll('p')];
      const direction = (element) => getComputedStyle(element).direction;
      const beyond = paragraphs.map((paragraph) => {
        const text = document.createRange();
        text.selectNodeContents(paragraph);
        const { left, right } = text.getBoundingClientRect();
        return Math.max(right - window.innerWidth, -left);
      });
      const code = document.querySelector('.code');
      return {
        directions: [direction(document.querySelector('main')), direction(paragraphs[0])],
        contrast: Math.min(...paragraphs.map(contrast)),
        // What sticks out on the side where a line begins cannot be scrolled to, and is cut off.
        beyond: Math.max(...beyond, this.overflow()),
        isWhite: this.pageBackground() === '255 255 255',
        code: code && { text: code.innerText, direction: direction(code) },
      };
    },
    /** How much of the first match is out of sight, and how far it has been scrolled; pixels. */
    scrolling(selector) {
      const { scrollWidth, clientWidth, scrollLeft } = document.querySelector(selector);
      return { hidden: scrollWidth - clientWidth, scrolled: Math.abs(scrollLeft) };
    },
    selection: () => String(window.getSelection()),
    /** Where the lines of a text begin and end, and its box. */
    lines(selector) {
      const element = document.querySelector(selector);
      const text = element.firstChild;
      const edges = ({ left, right }) => ({ left, right });
      let start = 0;
      const lines = text.data.split('\n').map((line) => {
        const range = document.createRange();
        range.setStart(text, start);
        range.setEnd(text, start + line.length);
        start += line.length + 1;
        return edges(range.getBoundingClientRect());
      });
      return { box: edges(element.getBoundingClientRect()), lines };
    },
    /** The same of a text whose lines are elements of their own. */
    lineElements(selector) {
      const element = document.querySelector(selector);
      const edges = ({ left, right }) => ({ left, right });
      const lines = [...element.children].map((line) => {
        const range = document.createRange();
        range.selectNodeContents(line);
        return edges(range.getBoundingClientRect());
      });
      return { box: edges(element.getBoundingClientRect()), lines };
    },
    /** Whether a script that got into the page would run. */
    runsForeignScript() {
      const script = document.createElement('script');
      script.textContent = 'window.hasRun = true';
      document.body.append(script);
      return window.hasRun === true;
    },
  };
})();
