/**
 * The body of a successful answer; `null` of any other, and of one longer than so many bytes. What is not read is
 * given up at once: it would keep its connection, and its sender could go on for ever.
 */
export async function readBody(response: Response, maxBytes: number): Promise<Buffer | null> {
  if (!response.ok) {
    await response.body?.cancel();
    return null;
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
