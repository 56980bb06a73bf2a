import pino from 'pino';

/** Errors as logs may show them: PostgreSQL repeats values of rows in `detail` and sometimes in the message. */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, constraint, table, severity } = error as Error & Record<string, unknown>;
  const fromDatabase = severity !== undefined;
  return {
    type: error.name,
    message: fromDatabase ? 'the database refused' : error.message,
    ...(code !== undefined && { code }),
    ...(constraint !== undefined && { constraint }),
    ...(table !== undefined && { table }),
    // The first line of a stack repeats the message.
    stack: error.stack?.split('\n').slice(1).join('\n'),
  };
}

/** `pretty`: for people, where there is a terminal to read on. */
export type LoggerOptions = Readonly<{ level: string; pretty: boolean }>;

export function createLogger(
  { level, pretty }: LoggerOptions,
  destination?: pino.DestinationStream,
): pino.Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: serializeError, req: () => undefined, res: () => undefined },
  };
  if (destination) return pino(options, destination);
  if (!pretty || !process.stdout.isTTY) return pino(options);
  return pino({
    ...options,
    transport: { target: 'pino-pretty', options: { translateTime: 'SYS:HH:MM:ss', singleLine: true } },
  });
}
