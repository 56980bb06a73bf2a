import fc from 'fast-check';
import t from 'tap';
import { decodeText, detectEncoding } from '../../src/features/employer-lists/text-encoding.ts';
import { toWindows1256 } from '../support/dbf.ts';

const encodings = ['iran-system', 'windows-1256', 'utf-8'] as const;

t.test('«مرد» and «زن» tell the encoding', async (t) => {
  for (const [hex, encoding] of [
    ['a2a4f5', 'iran-system'],
    ['f6a5', 'iran-system'],
    ['e3d1cf', 'windows-1256'],
    ['d2e4', 'windows-1256'],
    ['d985d8b1d8af', 'utf-8'],
    ['d8b2d986', 'utf-8'],
    ['d985d8', 'utf-8'],
    ['d8b2d9', 'utf-8'],
  ] as const) {
    t.equal(detectEncoding(Buffer.from(hex, 'hex')), encoding, hex);
  }
});

t.test('anything else tells nothing', async (t) => {
  for (const text of ['', 'M', '1', '\u00a2\u00a4', '\u00a2\u00a4\u00f5\u00f5', 'man']) {
    t.equal(detectEncoding(Buffer.from(text, 'latin1')), null, text);
  }
});

t.test('Windows-1256 text comes out with the Persian ی and ک', async (t) => {
  t.equal(decodeText(Buffer.from('dae1ed', 'hex'), 'windows-1256'), 'علی');
  t.equal(decodeText(Buffer.from('98df90' + '8d818e', 'hex'), 'windows-1256'), 'ککگچپژ');
  t.equal(decodeText(toWindows1256('سید مهدی نژاد 12'), 'windows-1256'), 'سید مهدی نژاد 12');
});

t.test('UTF-8 cut inside a character loses that character and no more', async (t) => {
  const bytes = Buffer.from('تهران');
  t.equal(decodeText(bytes.subarray(0, bytes.length - 1), 'utf-8'), 'تهرا');
  t.equal(decodeText(bytes, 'utf-8'), 'تهران');
});

t.test('marks that turn a name around do not get in', async (t) => {
  t.equal(decodeText(Buffer.from('علی\u202Eیدمحا\u2066'), 'utf-8'), 'علی یدمحا ');
});

t.test('no bytes throw or leave a control character, which PostgreSQL would refuse', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), fc.constantFrom(...encodings), (bytes, encoding) => {
      const text = decodeText(bytes, encoding);
      return text.isWellFormed() && !/\p{Cc}/u.test(text);
    }),
  );
});
