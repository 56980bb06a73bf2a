const decoder = new TextDecoder('windows-1256');

const byteOf: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 0x100 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte] as const),
);

/**
 * Encodes Persian text as Windows-1256, the way Persian Windows programs do: the code page has no ی, so the
 * Arabic ي stands for it.
 *
 * @throws RangeError for a character that the code page lacks.
 */
export function encodeWindows1256(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll('ی', 'ي'), (character) => {
    const byte = byteOf.get(character);
    if (byte === undefined) throw new RangeError(`windows-1256 has no byte for ${JSON.stringify(character)}`);
    return byte;
  });
}
