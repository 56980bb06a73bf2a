/** Programs that call in their own name: `npm run clients -- create|list|change|rotate|disable|enable` */
import { parseArgs } from 'node:util';
import type { Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';
import {
  clientAdministration as administration,
  type ClientScope,
  clientScopes,
  isClientScope,
} from '../features/clients/index.ts';
import { readNamedFile, runCommand, UsageError, withDatabase } from './command.ts';

const usage = `Usage: npm run clients -- COMMAND [options]

  create --name NAME --scope SCOPE… --workshop CODE…
                                      a new client; prints its id and, once, its secret
  list                                every client with its rights and credentials
  change ID [rights]                  replaces the rights that are given
  rotate ID                           a new secret or key; the newest old one stays good until the next rotation
  disable ID, enable ID               from its next request on

  --scope SCOPE           ${Object.keys(clientScopes).join(', ')}; may be repeated
  --workshop CODE         for this workshop (ten digits); may be repeated; "any", alone, for all workshops. Needed to create
  --requests-per-minute N (60)
  --public-key FILE       PEM or JWK: the client signs assertions with its private key and has no secret
  --end-others            with rotate: the old credentials, and tokens got with them, end at once
  --json                  with list: one JSON object a line`;

const usualRequestsPerMinute = 60;
const mostRequestsPerMinute = 100_000;
const longestName = 100;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      scope: { type: 'string', multiple: true },
      workshop: { type: 'string', multiple: true },
      'requests-per-minute': { type: 'string' },
      'public-key': { type: 'string' },
      'end-others': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [command = 'help', id, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`too many arguments: ${rest.join(' ')}`);
  return { ...values, command: values.help ? 'help' : command, id };
}

type Arguments = ReturnType<typeof readArguments>;

function scopesOf({ scope }: Arguments): readonly ClientScope[] | undefined {
  const unknown = scope?.find((name) => !isClientScope(name));
  if (unknown !== undefined) throw new UsageError(`there is no scope ${unknown}`);
  return scope && [...new Set(scope)].filter(isClientScope);
}

function workshopsOf({ workshop }: Arguments): readonly string[] | null | undefined {
  if (workshop?.length === 1 && workshop[0] === 'any') return null;
  const wrong = workshop?.find((code) => !/^\d{10}$/.test(code));
  if (wrong !== undefined) throw new UsageError(`a workshop code has ten digits: ${wrong}`);
  return workshop && [...new Set(workshop)];
}

function requestsOf({ 'requests-per-minute': text }: Arguments): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text) || Number(text) > mostRequestsPerMinute) {
    throw new UsageError(`--requests-per-minute must be from 1 to ${mostRequestsPerMinute}`);
  }
  return Number(text);
}

function idOf({ id = '' }: Arguments): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
    throw new UsageError('which client? Give its id.');
  return id.toLowerCase();
}

async function keyOf({ 'public-key': path }: Arguments) {
  if (path === undefined) return null;
  const text = await readNamedFile(path);
  try {
    return administration.readPublicKey(text);
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
}

function print(credential: { secret: string | null }, clientId: string): void {
  console.log(`client id      ${clientId}`);
  if (credential.secret === null) {
    console.log('It proves itself by the key that was registered.');
  } else {
    console.log(`client secret  ${credential.secret}`);
    console.log('The secret is shown this once; only its digest is kept.');
  }
}

function found(isThere: unknown): void {
  if (!isThere) throw new UsageError('there is no such client');
}

const commands: Readonly<Record<string, (db: Kysely<Database>, given: Arguments) => Promise<void>>> = {
  async create(db, given) {
    const [scopes, name] = [scopesOf(given), given.name?.trim() ?? ''];
    if (name === '' || name.length > longestName) {
      throw new UsageError(`--name is needed, at most ${longestName} characters`);
    }
    if (!scopes) throw new UsageError('at least one --scope is needed');
    const workshopCodes = workshopsOf(given);
    if (workshopCodes === undefined) {
      throw new UsageError('for which workshops? Name each with --workshop, or say --workshop any.');
    }
    const created = await administration.createClient(db, {
      name,
      scopes,
      workshopCodes,
      requestsPerMinute: requestsOf(given) ?? usualRequestsPerMinute,
      key: await keyOf(given),
    });
    print(created, created.clientId);
  },
  async list(db, { json }) {
    const clients = await administration.listClients(db);
    if (json) for (const client of clients) console.log(JSON.stringify(client));
    else if (clients.length === 0) console.log('none');
    else {
      for (const client of clients) {
        console.log(`${client.id}  ${client.state.padEnd(8)}  ${client.name}`);
        console.log(`    ${client.scopes.join(' ')}; ${client.requestsPerMinute} requests a minute`);
        console.log(`    workshops: ${client.workshopCodes?.join(', ') ?? 'any'}`);
        for (const credential of client.credentials ?? []) console.log(`    ${credential}`);
      }
    }
  },
  async change(db, given) {
    const [scopes, workshopCodes, requestsPerMinute] = [
      scopesOf(given),
      workshopsOf(given),
      requestsOf(given),
    ];
    if (scopes === undefined && workshopCodes === undefined && requestsPerMinute === undefined) {
      throw new UsageError('change what? Give --scope, --workshop or --requests-per-minute.');
    }
    found(
      await administration.changeClient(db, idOf(given), {
        ...(scopes && { scopes }),
        ...(workshopCodes !== undefined && { workshopCodes }),
        ...(requestsPerMinute !== undefined && { requestsPerMinute }),
      }),
    );
    console.log('changed');
  },
  async rotate(db, given) {
    const id = idOf(given);
    const endOthers = given['end-others'];
    const rotated = await administration.rotateCredential(db, id, await keyOf(given), { endOthers });
    found(rotated);
    if (rotated) print(rotated, id);
  },
  async disable(db, given) {
    found(await administration.setClientState(db, idOf(given), 'disabled'));
    console.log('disabled: refused from its next request on');
  },
  async enable(db, given) {
    found(await administration.setClientState(db, idOf(given), 'active'));
    console.log('enabled');
  },
};

async function main(): Promise<void> {
  const given = readArguments();
  if (given.command === 'help') return console.log(usage);
  const command = Object.hasOwn(commands, given.command) ? commands[given.command] : undefined;
  if (!command) throw new UsageError(`there is no command ${given.command}`);
  await withDatabase('clients', (db) => command(db, given));
}

await runCommand(usage, main);
