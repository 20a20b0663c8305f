/** One pg pool, shared by Prisma's client and by raw SQL. */
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { messageOf, Problem } from '../errors.js'
import type { Log } from '../log.js'
import { PrismaClient } from './generated/client.js'

export type Row = Record<string, unknown>

export type Db = PrismaClient & {
  /** Runs one parametrised statement on the shared pool; `$1` placeholders, bigint columns as strings. */
  sql: Query
  /** The shared pool, for streams, listeners and statements that need their own connection. */
  pool: pg.Pool
  close(): Promise<void>
}

export type DbOptions = { connections?: number; applicationName?: string }

/** Opens the pool; no connection is made before the first statement. */
export function openDb(url: string, log: Log, options: DbOptions = {}): Db {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 10,
    // A connection that a firewall has forgotten is found dead within minutes.
    keepAlive: true,
    application_name: options.applicationName ?? 'daily-papers',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
  })
  pool.on('error', (error) => log.warn({ fault: messageOf(error) }, 'an idle database connection was lost'))
  // The pool hears idle connections only. Of one that is lost while somebody holds it his next statement tells.
  pool.on('connect', (client) => void client.on('error', () => {}))
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return Object.assign(prisma, {
    pool,
    sql: async <R extends Row>(text: string, values: unknown[] = []) =>
      (await pool.query<R>(text, values)).rows,
    close: async () => {
      await prisma.$disconnect()
      await pool.end()
    },
  })
}

/** @throws Problem `unavailable` that says what is wrong with the database, without its password. */
export async function requireReachable(db: Db): Promise<void> {
  try {
    await db.sql('SELECT 1')
  } catch (error) {
    throw new Problem(
      'unavailable',
      `The database cannot be reached: ${messageOf(error)}. Check DATABASE_URL.`,
      {
        cause: error,
      },
    )
  }
}

/** Runs the work in one transaction on one pooled connection; rolls back when it throws. */
export async function inTransaction<T>(db: Db, work: (query: Query) => Promise<T>): Promise<T> {
  const client = await db.pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work(async (text, values = []) => (await client.query(text, values)).rows as never)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    const broken = await client.query('ROLLBACK').then(
      () => undefined,
      (fault: Error) => fault,
    )
    client.release(broken)
    throw error
  }
}

/** A parametrised statement inside a transaction. */
export type Query = <R extends Row = Row>(text: string, values?: unknown[]) => Promise<R[]>
