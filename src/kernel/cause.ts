/** What a log may show of why something failed. */
export type Cause = Readonly<{ type: string; code?: string | number; at?: string; cause?: Cause }>;

const maxFrames = 4;
const maxDepth = 3;

/**
 * Kind, code and place of an error, and of what caused it. Never its message: libraries put addresses, texts and URLs with
 * keys in there.
 */
export function toCause(error: unknown, depth = 1): Cause {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as Error & { code?: unknown };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const at = frames
    .slice(0, maxFrames)
    .map((line) => line.trim())
    .join(' ');
  return {
    type: error.name,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(at !== '' && { at }),
    ...(error.cause !== undefined && depth < maxDepth && { cause: toCause(error.cause, depth + 1) }),
  };
}
