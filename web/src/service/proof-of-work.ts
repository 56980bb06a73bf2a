import { createStore } from './store.ts';

const isSolving = createStore(false);

/** Whether the client is computing a proof of work (428): some seconds, in which people are to see why. */
export const proofOfWork = {
  useIsSolving: isSolving.use,
  async watch(request: Request, next: (request: Request) => Promise<Response>): Promise<Response> {
    if (request.headers.has('proof-of-work')) isSolving.set(false);
    const response = await next(request);
    if (response.status === 428) isSolving.set(true);
    return response;
  },
};
