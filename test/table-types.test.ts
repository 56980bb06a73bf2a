import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import t from 'tap';
import { connect } from '../src/database/connection.ts';
import { createTestDatabase } from './support/database.ts';

/** The row types of `*.table.ts` against the migrated schema: names, types, nullability and defaults. */

type Column = Readonly<{ type: string; nullable: boolean; hasDefault: boolean }>;
type Columns = Readonly<Record<string, Column>>;

const src = fileURLToPath(new URL('../src/', import.meta.url));
const names = readdirSync(src, { recursive: true, encoding: 'utf8' });
const read = (ending: string) =>
  names
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(`${src}/${name}`, 'utf8'))
    .join('\n');
const sources = read('.table.ts');

/** What a value of a PostgreSQL type is in TypeScript; unions of literals count as their base type. */
const typescriptTypes: Readonly<Record<string, string>> = {
  text: 'string',
  uuid: 'string',
  date: 'string',
  bytea: 'Buffer',
  bool: 'boolean',
  int2: 'number',
  int4: 'number',
  int8: 'number',
  numeric: 'string',
  timestamptz: 'Date',
  _bytea: 'Buffer[]',
  _timestamptz: 'Date[]',
  _text: 'string[]',
  _uuid: 'string[]',
  _int2: 'number[]',
  _int4: 'number[]',
  _int8: 'number[]',
  jsonb: 'json',
};

/** `ColumnType<Select, Insert, Update>` and `Generated<T>` taken apart, brackets respected. */
function argumentsOf(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if ('<({['.includes(character)) depth += 1;
    if ('>)}]'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  return [...parts, part.trim()].filter((item) => item !== '');
}

function toColumn(declared: string): Column {
  const wrapper = /^(ColumnType|Generated|GeneratedAlways)<(.*)>$/s.exec(declared);
  const [select = '', insert = ''] = wrapper ? argumentsOf(wrapper[2] ?? '') : [declared];
  const hasDefault = wrapper?.[1]?.startsWith('Generated') || /\bundefined\b/.test(insert);
  const alternatives = select.split('|').map((item) => item.trim());
  const nullable = alternatives.includes('null');
  const [first = ''] = alternatives.filter((item) => item !== 'null' && item !== '');
  return { type: first.startsWith("'") ? 'string' : first, nullable, hasDefault };
}

function declaredTables(): Map<string, Columns> {
  const bodies = new Map<string, Columns>();
  for (const [, name = '', body = ''] of sources.matchAll(
    /export type (\w+Table) = \{(.*?)\};?\n(?=\n|export|$)/gs,
  )) {
    const withoutComments = body.replace(/\/\*\*.*?\*\//gs, '').replace(/\/\/.*$/gm, '');
    const columns = [...`${withoutComments};`.matchAll(/(?<=^|;)\s*(\w+): ([^;]*)(?=;)/g)];
    bodies.set(
      name,
      Object.fromEntries(columns.map(([, column = '', type = '']) => [column, toColumn(type)])),
    );
  }
  const tables = new Map<string, Columns>();
  for (const [, table = '', type = ''] of sources.matchAll(/\b([a-z_]+): (\w+Table)\b/g)) {
    const columns = bodies.get(type);
    if (columns) tables.set(table, columns);
  }
  return tables;
}

/** Names of unions of literals, `'a' | 'b'`, `(typeof list)[number]` or `keyof typeof list`: such a column is a text. */
const unions = new Set(
  [
    ...read('.ts').matchAll(
      /export type (\w+) =\s*(?:(?:\|\s*)?'|\(typeof \w+\)\[number\]|keyof typeof \w+|\w+ \| ')/g,
    ),
  ].map(([, name]) => name),
);

t.test('the row types equal the migrated schema', async (t) => {
  const database = await createTestDatabase();
  t.teardown(() => database.drop());
  const { db, close } = connect({ url: database.url, poolSize: 1 });
  t.teardown(close);
  const { rows } = await sql<{
    table: string;
    column: string;
    type: string;
    nullable: boolean;
    hasDefault: boolean;
  }>`
    select c.table_name as table, c.column_name as column, c.udt_name as type, c.is_nullable = 'YES' as nullable,
      c.column_default is not null or c.is_identity = 'YES' or c.is_generated = 'ALWAYS' as "hasDefault"
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.table_name not like 'kysely_%'`.execute(
    db,
  );
  const declared = declaredTables();
  const real = Map.groupBy(rows, ({ table }) => table);
  t.same([...declared.keys()].sort(), [...real.keys()].sort(), 'the same tables');
  for (const [table, columns] of real) {
    const types = declared.get(table) ?? {};
    t.same(
      Object.keys(types).sort(),
      columns.map(({ column }) => column).sort(),
      `${table}: the same columns`,
    );
    for (const { column, type, nullable, hasDefault } of columns) {
      const found = types[column];
      if (!found) continue;
      const expected = typescriptTypes[type];
      t.ok(expected, `${table}.${column}: ${type} has a TypeScript type`);
      const [, one = '', array = ''] = /^(.*?)(\[\])?$/.exec(found.type) ?? [];
      const base = unions.has(one) || one.startsWith("'") ? `string${array}` : found.type;
      if (expected !== 'json') t.equal(base, expected, `${table}.${column}: type`);
      t.equal(found.nullable, nullable, `${table}.${column}: nullable`);
      if (found.hasDefault) t.ok(hasDefault || nullable, `${table}.${column}: may be left out`);
    }
  }
});
