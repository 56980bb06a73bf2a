/** Classes and codes of https://www.postgresql.org/docs/18/errcodes-appendix.html that pass by themselves. */
const passingStates = [
  /^08/, // connection exceptions; a pooler's own refusals too
  /^53[0-3]/, // no memory, disk or connection to spare
  /^57P0[1-3]$/, // shutting down, crashed, starting up
  /^57014$/, // took longer than a statement may
  /^40/, // serialisation failure, deadlock
  /^55P03$/, // a lock was not to be had in time
  /^25006$/, // read-only: a standby that is about to take over
];

const ofNetwork = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Errors of pg and its pool, which have no code. */
const ofDriver =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered a connection error|was closed)|Query read timeout)/;

const lostStates = [
  /^080/, // the connection failed, or what became of the transaction is not known
  /^57P0[12]$/, // shutting down, crashed
];
const lostByNetwork = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
const lostByDriver = /^(Connection terminated|Client has encountered a connection error|Query read timeout)/;

/** Whether the database was lost in the middle: what was being written may have been written all the same. */
export function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return lostByDriver.test(error.message);
  return lostByNetwork.has(code) || lostStates.some((state) => state.test(code));
}

/**
 * Whether an error says that the database is gone, restarting or overloaded rather than that something is
 * wrong with the request or the service: the same request may succeed in a moment.
 */
export function isPassingFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return ofDriver.test(error.message);
  return ofNetwork.has(code) || passingStates.some((state) => state.test(code));
}
