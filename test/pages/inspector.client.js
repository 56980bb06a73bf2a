// Runs in the browser, before each page: what the tests want to know of it.
window.inspector = (() => {
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);

  function luminance(color) {
    const [red = 0, green = 0, blue = 0] = channels(color).map((channel) => {
      const share = channel / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function background(element) {
    if (element === null) return 'rgb(255, 255, 255)';
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 ? background(element.parentElement) : color;
  }

  return {
    /** WCAG 2.2 contrast of text and what is behind it: the lowest of all that match. */
    lowestContrast(selector) {
      const contrasts = [...document.querySelectorAll(selector)].map((element) => {
        const both = [luminance(getComputedStyle(element).color), luminance(background(element))];
        return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
      });
      return Math.min(...contrasts);
    },
    direction: (selector) => getComputedStyle(document.querySelector(selector)).direction,
    pageBackground: () => background(document.body),
    /** Pixels that stick out to the side. */
    overflow: () => document.documentElement.scrollWidth - window.innerWidth,
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
    /** Whether a script that got into the page would run. */
    runsForeignScript() {
      const script = document.createElement('script');
      script.textContent = 'window.hasRun = true';
      document.body.append(script);
      return window.hasRun === true;
    },
  };
})();
