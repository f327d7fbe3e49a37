/** Kysely's dialect for `node:sqlite`: gives kysely's driver for SQLite the methods that it expects of a database. */

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import {
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteStatement,
} from 'kysely';
import { sqliteProblem } from './sqlite-problem.ts';

/** The dialect for an open database. `file` names it in errors. */
export function createSqliteDialect(database: DatabaseSync, file: string): Dialect {
  return new NodeSqliteDialect({ database: driverDatabase(database, file) });
}

class NodeSqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new NodeSqliteAdapter();
  }
}

/** SQLite can undo changes of its schema, too: kysely then runs all migrations in one transaction. */
class NodeSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function driverDatabase(database: DatabaseSync, file: string): SqliteDatabase {
  /** Everything that touches the file throws the console's error. */
  const explained = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      throw sqliteProblem(error, file);
    }
  };
  return {
    close: () => database.close(),
    prepare(sql) {
      // SQLite has already rolled back after some errors, such as a full disk. A second rollback would hide that error.
      if (sql === 'rollback' && !database.isTransaction) return nothing;
      const statement = explained(() => database.prepare(sql));
      const values = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => explained(() => statement.all(...values(parameters))),
        run: (parameters) => explained(() => statement.run(...values(parameters))),
        iterate: (parameters) => statement.iterate(...values(parameters)),
      };
    },
  };
}

const nothing: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};
