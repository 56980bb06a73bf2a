/**
 * What a migration must not do while the version before it serves requests: hold a lock that stops them for
 * as long as a table is big, or take away what that version still uses. A comment `-- safe: why` right above
 * a statement says why it may after all.
 */
export function dangersOf(text: string): string[] {
  const statements = statementsOf(text);
  const created = new Set(
    statements.flatMap(({ sql }) => /^create table (?:if not exists )?(\w+)/.exec(sql)?.[1] ?? []),
  );
  const dangers = statements.flatMap(({ sql, isDeclaredSafe }) => {
    const table = tableOf(sql);
    if (isDeclaredSafe || (table !== undefined && created.has(table))) return [];
    return rules.filter(({ matches }) => matches(sql)).map(({ danger }) => `${danger}: ${sql.slice(0, 80)}`);
  });
  const alone = statements.length === 1 || !statements.some(({ sql }) => / concurrently /.test(sql));
  return alone ? dangers : [...dangers, 'concurrently works only as the single statement of a file'];
}

type Statement = Readonly<{ sql: string; isDeclaredSafe: boolean }>;

/** In lower case, with single spaces and without comments, strings and function bodies. */
function statementsOf(text: string): Statement[] {
  return text
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
    .split(/;[^\S\n]*(?=\n|--|$)/)
    .map((part) => ({
      sql: part
        .replace(/--.*$/gm, '')
        .replace(/'(?:[^']|'')*'/g, "''")
        .replace(/\s+/g, ' ')
        .trim()
        .toLowerCase(),
      isDeclaredSafe: /--\s*safe: \S.{14,}/.test(part),
    }))
    .filter(({ sql }) => sql !== '');
}

function tableOf(sql: string): string | undefined {
  return (
    /^alter table (?:if exists )?(?:only )?(\w+)/.exec(sql)?.[1] ??
    /^create (?:unique )?index (?:\w+ )?on (\w+)/.exec(sql)?.[1]
  );
}

const alters = (pattern: RegExp) => (sql: string) => sql.startsWith('alter ') && pattern.test(sql);

const rules: readonly Readonly<{ danger: string; matches(sql: string): boolean }>[] = [
  {
    danger: 'an index without concurrently stops writes while it is built',
    matches: (sql) => /^create (unique )?index (?!concurrently )/.test(sql),
  },
  {
    danger: 'another type rewrites the table',
    matches: alters(/ alter (column )?\w+ (set data )?type /),
  },
  { danger: 'not null reads the whole table under a lock', matches: alters(/ set not null/) },
  {
    danger: 'a column without a default that must not be null fails the inserts of the version before',
    matches: alters(/ add (column )?(if not exists )?(?!constraint )\w+ (?!.* default ).*not null/),
  },
  {
    danger: 'a constraint is to be added not valid and validated afterwards',
    matches: alters(
      / add (constraint \w+ )?(unique|check|foreign key|primary key|exclude)\b(?!.* not valid)(?!.* using index)/,
    ),
  },
  {
    danger: 'a constraint of a new column reads the whole table under a lock',
    matches: alters(
      / add (column )?(if not exists )?(?!constraint |unique |check |foreign |primary |exclude )\w+ .*\b(unique|check|references)\b/,
    ),
  },
  {
    danger: 'a value computed for every row rewrites the table',
    matches: alters(
      / add (column )?[^,]*( default (?!null\b|true\b|false\b|''|-?\d|now\(\)|current_)| generated | (big|small)?serial\b)/,
    ),
  },
  {
    danger: 'rows are changed in batches by a command, not under the locks of one transaction',
    matches: (sql) =>
      /^(with .*)?\b(update|delete from|insert into .* select|merge into|create table \w+ as) /.test(sql),
  },
  { danger: 'nobody can see what this does', matches: (sql) => sql.startsWith('do ') },
  { danger: 'the version before still uses what is dropped', matches: alters(/ drop (column|constraint) /) },
  {
    danger: 'the version before still uses what is dropped',
    matches: (sql) =>
      /^(drop (table|view|index|function|type|schema)|create or replace) (?!concurrently )/.test(sql),
  },
  { danger: 'the version before knows the old name', matches: alters(/ rename /) },
  {
    danger: 'nobody gets at the table for as long as this takes',
    matches: (sql) => /^(truncate|lock|cluster|vacuum full|reindex (?!.*concurrently))/.test(sql),
  },
];
