import t from 'tap';
import { isLostConnection, isPassingFailure } from '../../src/database/failures.ts';

const withCode = (code: string) => Object.assign(new Error('failed'), { code });

t.test('a database that is gone, restarting or overloaded passes by itself', async (t) => {
  const codes = [
    '57P01',
    '57P02',
    '57P03',
    '08006',
    '08P01',
    '53300',
    '57014',
    '40001',
    '40P01',
    '55P03',
    '25006',
  ];
  for (const code of [...codes, 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']) {
    t.ok(isPassingFailure(withCode(code)), code);
  }
  const messages = [
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
  ];
  for (const message of messages) t.ok(isPassingFailure(new Error(message)), message);
});

t.test('a defect does not', async (t) => {
  for (const code of ['23505', '42P01', '22P02', '42501', '28P01', '53400', 'ENOENT', 'FST_ERR_X']) {
    t.notOk(isPassingFailure(withCode(code)), code);
  }
  t.notOk(isPassingFailure(new TypeError('x is not a function')));
  t.notOk(isPassingFailure('Connection terminated'));
  t.notOk(isPassingFailure(undefined));
});

t.test('what was lost in the middle may have been done all the same', async (t) => {
  for (const code of ['57P01', '57P02', '08003', '08006', '08007', 'ECONNRESET', 'EPIPE']) {
    t.ok(isLostConnection(withCode(code)), code);
  }
  t.ok(isLostConnection(new Error('Connection terminated unexpectedly')));
  // A statement that the database itself refused, or a connection that never was.
  for (const code of ['40P01', '55P03', '57014', '57P03', '53300', '23505', 'ECONNREFUSED', 'ENOTFOUND']) {
    t.notOk(isLostConnection(withCode(code)), code);
  }
  t.notOk(isLostConnection(new Error('timeout exceeded when trying to connect')));
  t.notOk(isLostConnection('Connection terminated'));
});
