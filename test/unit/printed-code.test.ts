import t from 'tap';
import { newPrintedCode, parsePrintedCode } from '../../src/kernel/printed-code.ts';

t.test('a printed code survives being read out and typed', async (t) => {
  const code = newPrintedCode();
  t.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  t.equal(parsePrintedCode(code), code);
  t.equal(parsePrintedCode('oOiI-lL23 abcd efgh'), '0011-1123-ABCD-EFGH');
  for (const bad of ['', code.slice(1), `${code}0`, `U${code.slice(1)}`])
    t.equal(parsePrintedCode(bad), null, bad);
});
