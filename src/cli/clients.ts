import {
  clientAdministration as administration,
  type ClientScope,
  clientScopes,
  type GrantScope,
  grantScopes,
  isClientScope,
  isGrantScope,
} from '../features/clients/index.ts';
import {
  type Command,
  CommandError,
  confirmer,
  defineAction,
  type Given,
  UsageError,
  wholeNumber,
  yesOption,
} from './command.ts';
import { readNamedFile, withDatabase } from './environment.ts';

const defaultRequestsPerMinute = 60;
const maxRequestsPerMinute = 100_000;
const maxNameLength = 100;
const maxRedirects = 10;

const rights = {
  scope: {
    value: 'SCOPE',
    multiple: true,
    describe: Object.keys({ ...clientScopes, ...grantScopes }).join(', '),
  },
  workshop: {
    value: 'CODE',
    multiple: true,
    describe: 'for this workshop (ten digits); "any", alone, for all workshops; needed to create',
  },
  'requests-per-minute': {
    value: 'N',
    describe: `of the client in all its processes (${defaultRequestsPerMinute})`,
  },
} as const;
const keyOption = {
  'public-key': {
    value: 'FILE',
    describe: 'PEM or JWK: the client signs assertions with its private key and has no secret',
  },
} as const;
type Rights = Given<typeof rights>['options'];

type Scope = ClientScope | GrantScope;
const isScope = (name: string): name is Scope => isClientScope(name) || isGrantScope(name);

function toScopes({ scope }: Rights): readonly Scope[] | undefined {
  const unknown = scope?.find((name) => !isScope(name));
  if (unknown !== undefined) throw new UsageError(`there is no scope ${unknown}`);
  return scope && [...new Set(scope)].filter(isScope);
}

/** What people are told of an institution: needed with the scopes that it asks them for, and of no use without. */
const institutionOptions = {
  institution: { value: 'NAME', describe: 'what people are told that it is, in Persian' },
  'institution-en': { value: 'NAME', describe: 'the same in English' },
  purpose: { value: 'TEXT', describe: 'what it asks people for their record for, in Persian' },
  'purpose-en': { value: 'TEXT', describe: 'the same in English' },
  redirect: { value: 'URL', multiple: true, describe: 'where its codes go to, to the letter; https' },
} as const;

function toInstitution(options: Given<typeof institutionOptions>['options'], scopes: readonly Scope[]) {
  const texts = [options.institution, options['institution-en'], options.purpose, options['purpose-en']].map(
    (text) => text?.trim() ?? '',
  );
  const { redirect = [] } = options;
  const asksPeople = scopes.some(isGrantScope);
  if (!asksPeople && redirect.length === 0 && texts.every((text) => text === '')) return undefined;
  const [nameFa = '', nameEn = '', purposeFa = '', purposeEn = ''] = texts;
  const isComplete = texts.every((text) => text !== '' && text.length <= maxNameLength);
  if (!asksPeople || !isComplete || redirect.length === 0 || redirect.length > maxRedirects) {
    throw new UsageError(
      `scopes that people are asked for go with --institution, --institution-en, --purpose and --purpose-en, at most ${maxNameLength} characters each, and 1 to ${maxRedirects} --redirect`,
    );
  }
  const wrong = redirect.find((text) => !isRedirect(text));
  if (wrong !== undefined) throw new UsageError(`not an https address without fragment: ${wrong}`);
  return {
    name: { fa: nameFa, en: nameEn },
    purpose: { fa: purposeFa, en: purposeEn },
    redirectUris: redirect,
  };
}

/** As it stands, for it is compared letter by letter; plain HTTP on the developer's own machine alone. */
function isRedirect(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.hash !== '' || url.username !== '' || text.includes('#')) return false;
  const isLocal = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'https:' || isLocal;
}

function toWorkshops({ workshop }: Rights): readonly string[] | null | undefined {
  if (workshop?.length === 1 && workshop[0] === 'any') return null;
  const wrong = workshop?.find((code) => !/^\d{10}$/.test(code));
  if (wrong !== undefined) throw new UsageError(`a workshop code has ten digits: ${wrong}`);
  return workshop && [...new Set(workshop)];
}

const toRequests = ({ 'requests-per-minute': text }: Rights): number | undefined =>
  text === undefined ? undefined : wholeNumber('requests-per-minute', text, maxRequestsPerMinute);

function idOf({ operands: [id = ''] }: Pick<Given, 'operands'>): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
    throw new UsageError('which client? Give its id.');
  }
  return id.toLowerCase();
}

/** @throws {CommandError} when it cannot be read, or is no key that may be used */
async function readPublicKey({ 'public-key': path }: Given<typeof keyOption>['options']) {
  if (path === undefined) return null;
  const text = await readNamedFile(path);
  try {
    return administration.readPublicKey(text);
  } catch (error) {
    throw new CommandError(`${path}: ${(error as Error).message}`);
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
  if (!isThere) throw new CommandError('there is no such client');
}

const create = defineAction({
  summary: 'a new client; prints its id and, once, its secret',
  options: {
    name: { value: 'NAME', describe: 'whose program it is' },
    ...rights,
    ...institutionOptions,
    ...keyOption,
  },
  async run({ options, environment }) {
    const [scopes, name] = [toScopes(options), options.name?.trim() ?? ''];
    if (name === '' || name.length > maxNameLength) {
      throw new UsageError(`--name is needed, at most ${maxNameLength} characters`);
    }
    if (!scopes) throw new UsageError('at least one --scope is needed');
    const institution = toInstitution(options, scopes);
    // Who acts in its own name alone needs workshops.
    const workshopCodes = toWorkshops(options) ?? (scopes.some(isClientScope) ? undefined : []);
    if (workshopCodes === undefined) {
      throw new UsageError('for which workshops? Name each with --workshop, or say --workshop any.');
    }
    const wanted = {
      name,
      scopes,
      workshopCodes,
      requestsPerMinute: toRequests(options) ?? defaultRequestsPerMinute,
      key: await readPublicKey(options),
      ...(institution && { institution }),
    };
    await withDatabase(environment, 'clients', async (db) => {
      const created = await administration.createClient(db, wanted);
      print(created, created.clientId);
    });
  },
});

const list = defineAction({
  summary: 'every client with its rights and credentials',
  options: { json: { describe: 'one JSON object a line' } },
  run: ({ options: { json }, environment }) =>
    withDatabase(environment, 'clients', async (db) => {
      const clients = await administration.listClients(db);
      if (clients.length === 0 && !json) console.log('none');
      for (const client of clients) {
        if (json) console.log(JSON.stringify(client));
        else {
          console.log(`${client.id}  ${client.state.padEnd(8)}  ${client.name}`);
          console.log(`    ${client.scopes.join(' ')}; ${client.requestsPerMinute} requests a minute`);
          console.log(`    workshops: ${client.workshopCodes?.join(', ') ?? 'any'}`);
          for (const credential of client.credentials ?? []) console.log(`    ${credential}`);
        }
      }
    }),
});

const change = defineAction({
  summary: 'replaces the rights that are given',
  operands: 'ID',
  options: rights,
  async run({ operands, options, environment }) {
    const id = idOf({ operands });
    const [scopes, workshopCodes, requestsPerMinute] = [
      toScopes(options),
      toWorkshops(options),
      toRequests(options),
    ];
    if (scopes === undefined && workshopCodes === undefined && requestsPerMinute === undefined) {
      throw new UsageError('change what? Give --scope, --workshop or --requests-per-minute.');
    }
    const rightsGiven = {
      ...(scopes && { scopes }),
      ...(workshopCodes !== undefined && { workshopCodes }),
      ...(requestsPerMinute !== undefined && { requestsPerMinute }),
    };
    found(
      await withDatabase(environment, 'clients', (db) => administration.changeClient(db, id, rightsGiven)),
    );
    console.log('changed');
  },
});

const rotate = defineAction({
  summary: 'a new secret or key; the newest old one stays good until the next rotation',
  operands: 'ID',
  options: {
    ...keyOption,
    'end-others': { describe: 'the old credentials, and tokens got with them, end at once' },
    ...yesOption,
  },
  async run({ operands, options, environment }) {
    const id = idOf({ operands });
    const endOthers = options['end-others'];
    const confirm = endOthers ? confirmer(options.yes) : null;
    const key = await readPublicKey(options);
    await confirm?.(`End every other credential of ${id} at once?`);
    const rotated = await withDatabase(environment, 'clients', (db) =>
      administration.rotateCredential(db, id, key, { endOthers }),
    );
    found(rotated);
    if (rotated) print(rotated, id);
  },
});

function changeOfState(summary: string, state: 'active' | 'disabled', said: string) {
  return defineAction({
    summary,
    operands: 'ID',
    async run({ operands, environment }) {
      const id = idOf({ operands });
      found(await withDatabase(environment, 'clients', (db) => administration.setClientState(db, id, state)));
      console.log(said);
    },
  });
}

export const command: Command = {
  actions: {
    create,
    list,
    change,
    rotate,
    disable: changeOfState(
      'refuses it from its next request on',
      'disabled',
      'disabled: refused from its next request on',
    ),
    enable: changeOfState('lets it in again', 'active', 'enabled'),
  },
};
