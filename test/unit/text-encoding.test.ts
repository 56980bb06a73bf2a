import fc from 'fast-check';
import t from 'tap';
import { encodeIranSystem } from '../../src/development/sample-lists/iran-system-encoder.ts';
import {
  decodeText,
  EncodingEvidence,
  isReadable,
  tellEncoding,
} from '../../src/features/employer-lists/text-encoding.ts';
import { toWindows1256 } from '../support/dbf.ts';

const encodings = ['iran-system', 'windows-1256', 'utf-8'] as const;

function evidenceOf(...texts: readonly Uint8Array[]): EncodingEvidence {
  const evidence = new EncodingEvidence();
  for (const text of texts) evidence.add(text);
  return evidence;
}

const encoders = {
  'iran-system': encodeIranSystem,
  'windows-1256': toWindows1256,
  'utf-8': (text: string) => Buffer.from(text),
} as const;

t.test('names tell the encoding of a file, whatever stands in the column of the sex', async (t) => {
  for (const [encoding, encode] of Object.entries(encoders)) {
    const columns = new Map([
      ['DSW_FNAME', evidenceOf(encode('علی'), encode('مهین'), encode('ژاله'))],
      ['DSW_LNAME', evidenceOf(encode('احمدی'), encode('قائم مقامی'), encode('پورچیت ساز'))],
      ['DSW_SEX', evidenceOf(Buffer.from('1'), Buffer.from(''))],
    ]);
    t.match(tellEncoding(columns), { whole: encoding, exceptions: new Map() }, encoding);
  }
});

t.test('one column may be in another encoding than the rest', async (t) => {
  const columns = new Map([
    ['DSW_LNAME', evidenceOf(toWindows1256('احمدی'), toWindows1256('رضایی'))],
    ['DSW_DNAME', evidenceOf(toWindows1256('محمد'))],
    ['DSW_SEX', evidenceOf(encodeIranSystem('مرد'))],
  ]);
  t.strictSame(tellEncoding(columns), {
    whole: 'windows-1256',
    exceptions: new Map([['DSW_SEX', 'iran-system']]),
  });
});

t.test('a cut column is still UTF-8; nothing but ASCII tells nothing, and rubbish neither', async (t) => {
  t.equal(evidenceOf(Buffer.from('م').subarray(0, 1), Buffer.from('زن').subarray(0, 3)).best(), 'utf-8');
  t.equal(evidenceOf(Buffer.from('Ali'), Buffer.from('1')).best(), null);
  t.equal(evidenceOf(Buffer.from('ÚáíÐÑ')).best(), null);
});

t.test('what no name is made of is unreadable', async (t) => {
  for (const text of ['کع┌ ک╧ع═╟', '??????', '?', 'عل\uFFFDی', 'ÚáíÐÑ', 'Ø¹Ù„ÛŒ', 'علÙی', '¢¤õ']) {
    t.equal(isReadable(text), false, text);
  }
  for (const text of [
    'علی',
    'قائم‌مقامی',
    'O’Neill',
    'José',
    'Müller',
    '',
    'پلاک ۱۲؟',
    'شرکت «نمونه» (سهامی خاص)',
  ]) {
    t.equal(isReadable(text), true, text);
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
