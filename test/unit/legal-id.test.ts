import fc from 'fast-check';
import t from 'tap';
import { parseLegalId } from '../../src/kernel/legal-id.ts';

t.test('valid legal ids are read, in any digit script', async (t) => {
  t.equal(parseLegalId('10380284790'), '10380284790');
  t.equal(parseLegalId('14003778990'), '14003778990');
  t.equal(parseLegalId('۱۰۳۸۰۲۸۴۷۹۰'), '10380284790');
});

t.test('what breaks the rule is no legal id', async (t) => {
  for (const text of ['10380284792', '10380285692', '11111111111', '1038028479', '103802847900', '']) {
    t.equal(parseLegalId(text), null, text);
  }
});

t.test('six zeros in the middle are never issued, whatever the check digit', async (t) => {
  for (let digit = 0; digit <= 9; digit += 1) t.equal(parseLegalId(`1030000001${digit}`), null);
});

t.test('ten digits have exactly one check digit', async () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9]{3}[1-9][0-9]{6}$/), (digits) => {
      return [...'0123456789'].filter((digit) => parseLegalId(digits + digit) !== null).length === 1;
    }),
  );
});
