import type { Api } from './calls.ts';
import { callOut, pause } from './platform.ts';
import { unwrap } from './problem.ts';
import { getAskedWaitMs, getUsualWaitMs, isLost, isRefusedForNow, repeatedly } from './repeats.ts';
import type { components } from './schema.ts';

/** A workshop's month as the employers' program writes it: `DSKKAR00.DBF` and `DSKWOR00.DBF`, or one zip with both. */
export type ListFiles = Readonly<{ workshop: Blob; workers: Blob } | { zip: Blob }>;

/** What the service says of a list; `received`: it waits for its turn. */
export type ListSubmission = components['schemas']['EmployerListSubmission'];

/** What has become of a list, or would; of a dry run without `id`, `receivedAt` and `standing`. */
export type ListReport = ListSubmission & Readonly<{ state: Exclude<ListSubmission['state'], 'received'> }>;

export type WaitOptions = Readonly<{
  signal?: AbortSignal;
  /** How long to wait for the report; fifteen minutes unless told otherwise. */
  patienceSeconds?: number;
}>;

export type SendListOptions = WaitOptions &
  Readonly<{
    /** The same report, and nothing is kept. */
    dryRun?: boolean;
    /** It is meant that most people of the earlier list are taken off. */
    confirmRemovals?: boolean;
    /** The list is in and waits for its turn. Who keeps the id can ask for the report later, by `awaitListReport`. */
    onReceived?: (id: string) => Promise<void> | void;
  }>;

/** The list is in, and its report is not there yet: ask again by `awaitListReport`. */
export class ListWaitingError extends Error {
  readonly id: string;

  constructor(id: string) {
    super(`the list ${id} still waits for its turn`);
    this.name = 'ListWaitingError';
    this.id = id;
  }
}

/** Programs can wait longer than people: for the next minute of a ceiling. */
const patience = { tries: 5, maxWaitSeconds: 90 };
const defaultPatienceSeconds = 15 * 60;
/** Where the service does not say when to ask again. */
const askAgainMs = 5_000;

/**
 * Sends a list and waits for its report. What is lost on the way, or refused for the moment, is sent again: the content of a
 * list is its key, so that it changes nothing twice.
 * @param api of a machine with the scope `employer-lists:write`, and `employer-lists:read` for a list that waits for its turn
 * @throws {ProblemError} as the contract says of `POST /v1/employer-lists`
 * @throws {ListWaitingError} after `patienceSeconds`
 */
export async function sendList(
  api: Api,
  files: ListFiles,
  { dryRun = false, confirmRemovals = false, onReceived, ...waiting }: SendListOptions = {},
): Promise<ListReport> {
  const { signal } = waiting;
  const submission = await patiently(
    () =>
      api.POST('/v1/employer-lists', {
        params: { query: { dryRun, ...(confirmRemovals && { confirm: 'removals' }) } },
        body: { list: [] },
        bodySerializer: () => toForm(files),
        ...(signal && { signal }),
      }),
    signal,
  );
  if (isReport(submission)) return submission;
  const { id = '' } = submission;
  if (onReceived) await callOut('onReceived failed', () => onReceived(id));
  return awaitListReport(api, id, waiting);
}

/** Asks for the report of a list that was received until it is there, as often as the service says. @throws as `sendList` */
export async function awaitListReport(
  api: Api,
  id: string,
  { signal, patienceSeconds = defaultPatienceSeconds }: WaitOptions = {},
): Promise<ListReport> {
  const deadline = Date.now() + patienceSeconds * 1000;
  const ask = () =>
    api.GET('/v1/employer-lists/{id}', { params: { path: { id } }, ...(signal && { signal }) });
  for (;;) {
    let waitMs = askAgainMs;
    const submission = await patiently(async () => {
      const answer = await ask();
      waitMs = getAskedWaitMs(answer.response, patience.maxWaitSeconds) ?? askAgainMs;
      return answer;
    }, signal);
    if (isReport(submission)) return submission;
    if (Date.now() + waitMs > deadline) throw new ListWaitingError(id);
    await pause(waitMs, signal);
  }
}

const isReport = (submission: ListSubmission): submission is ListReport => submission.state !== 'received';

function toForm(files: ListFiles): FormData {
  const form = new FormData();
  if ('zip' in files) {
    form.append('list', files.zip, 'list.zip');
  } else {
    form.append('list', files.workshop, 'DSKKAR00.DBF');
    form.append('list', files.workers, 'DSKWOR00.DBF');
  }
  return form;
}

type Answer<Data> = Readonly<{ data?: Data; error?: unknown; response: Response }>;

/** Calls what may be called again when its answer is lost, or it is refused for the moment. */
async function patiently<Data>(call: () => Promise<Answer<Data>>, signal?: AbortSignal): Promise<Data> {
  const { tries, maxWaitSeconds } = patience;
  const answer = repeatedly(call, {
    tries,
    signal,
    getWaitMs(outcome, tried) {
      const response = 'value' in outcome ? { value: outcome.value.response } : outcome;
      if (!isLost(response) && !isRefusedForNow(response)) return null;
      return getUsualWaitMs(response, tried, maxWaitSeconds);
    },
  });
  return unwrap(answer);
}
