import fp from 'fastify-plugin';

/**
 * Nothing is kept by a browser or a proxy unless its route says so: people read their record in net cafés and at the
 * desks of branches. What everybody may keep, and for how long, is said where it is sent.
 */
export const caching = fp(
  async (app) => {
    app.addHook('onSend', (_request, reply, payload, done) => {
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
      done(null, payload);
    });
  },
  { name: 'caching' },
);
