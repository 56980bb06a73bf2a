import { CompiledQuery, type Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** Stands in a statement for a value that is given when it runs. */
class Hole {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A statement that is put together once: for those that many requests run, it takes longer than running them.
 * @param build gets holes in the place of values: it may put them into the statement, not look at them
 */
export function prepared<Values extends object, Row>(
  build: (values: Values, db: Kysely<Database>) => { compile(db: Kysely<Database>): CompiledQuery<Row> },
): (db: Kysely<Database>, values: Values) => Promise<Row[]> {
  const holes = new Proxy({}, { get: (_, name) => new Hole(String(name)) }) as Values;
  let statement: CompiledQuery<Row> | undefined;
  return async (db, values) => {
    statement ??= build(holes, db).compile(db);
    const parameters = statement.parameters.map((parameter) =>
      parameter instanceof Hole ? values[parameter.name as keyof Values] : parameter,
    );
    const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(statement.sql, parameters));
    return rows;
  };
}
