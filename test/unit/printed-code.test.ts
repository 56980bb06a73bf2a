import { randomBytes, randomUUID } from 'node:crypto';
import t from 'tap';
import { createKeyring } from '../../src/kernel/keyring.ts';
import { derivePrintedCode, parsePrintedCode, printedCodePurpose } from '../../src/kernel/printed-code.ts';
import { Secret } from '../../src/kernel/secret.ts';

const mac = createKeyring([{ id: 'test', key: new Secret(new Uint8Array(randomBytes(32))) }]).issue(
  printedCodePurpose,
);

t.test('a printed code survives being read out and typed', async (t) => {
  const code = derivePrintedCode(mac, randomUUID());
  t.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  t.equal(parsePrintedCode(code), code);
  t.equal(parsePrintedCode('oOiI-lL23 abcd efgh'), '0011-1123-ABCD-EFGH');
  for (const bad of ['', code.slice(1), `${code}0`, `U${code.slice(1)}`])
    t.equal(parsePrintedCode(bad), null, bad);
});

t.test('a printed code is 80 uniform bits, the same for the same id', async (t) => {
  const ids = Array.from({ length: 200 }, () => randomUUID());
  const codes = ids.map((id) => derivePrintedCode(mac, id));
  t.equal(new Set(codes).size, 200);
  t.equal(new Set(codes.join('').replaceAll('-', '')).size, 32, 'every character of the alphabet');
  t.same(
    ids.map((id) => derivePrintedCode(mac, id)),
    codes,
  );
});
