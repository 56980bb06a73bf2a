/** GSM 03.38 default alphabet: one septet each. Whatever is not in it makes the whole text UCS-2. */
const gsmBasic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** Its extension table: two septets each. */
const gsmExtension = '^{}\\[~]|€\f';

const gsm = { single: 160, part: 153 };
const ucs2 = { single: 70, part: 67 };

/** SMS parts that a text takes up: 160 septets or 70 UTF-16 units, a few fewer in each of several parts. */
export function smsParts(text: string): number {
  let septets = 0;
  for (const character of text) {
    if (gsmBasic.includes(character)) septets += 1;
    else if (gsmExtension.includes(character)) septets += 2;
    else return partsOf(text.length, ucs2);
  }
  return partsOf(septets, gsm);
}

/** Whether a text can do with the GSM alphabet. */
export function isGsmText(text: string): boolean {
  return [...text].every((character) => gsmBasic.includes(character) || gsmExtension.includes(character));
}

function partsOf(length: number, limit: { single: number; part: number }): number {
  return length <= limit.single ? 1 : Math.ceil(length / limit.part);
}
