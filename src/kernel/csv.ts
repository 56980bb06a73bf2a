/** Tables for spreadsheets, as RFC 4180 has them. */

/** Spreadsheets take text without it for some legacy encoding. */
const byteOrderMark = '\uFEFF';

/** What begins a formula in some spreadsheet, full-width as well (OWASP, CSV injection), wherever a cell may begin. */
const formulaSign = /(?<![\p{L}\p{N}])[=+\-@|%＝＋－＠｜％﹢﹣﹦﹪﹫−]/gu;

/**
 * A cell that was text stays text. Whoever opens the file chooses what separates its cells, and quotes count for
 * nothing inside another cell: so every sign that could be a cell's first is disarmed by an apostrophe.
 */
export function csvText(value: string): string {
  const harmless = value.replace(/\p{Cc}+/gu, ' ').replace(formulaSign, "'$&");
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** Shows nothing, and is no white space, which some spreadsheets cut off before they look for a number. */
const leftToRightMark = '\u200E';

/** A number that names something keeps its leading zeros: behind the mark it is text to every spreadsheet. */
export function csvCode(value: string): string {
  return /^[0-9]+$/.test(value) ? `"${leftToRightMark}${value}"` : value === '' ? '' : csvText(value);
}

/** @param lines cells that `csvText` or `csvCode` wrote, numbers, and '' for nothing */
export function csvTable(
  headers: readonly string[],
  lines: readonly (readonly (string | number)[])[],
): string {
  const written = [headers.map(csvText), ...lines].map((cells) => cells.join(','));
  return `${byteOrderMark}${written.join('\r\n')}\r\n`;
}
