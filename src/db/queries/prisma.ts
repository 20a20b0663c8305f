/** Prisma's client over the shared pool, which can take part in a transaction that is open already. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { PrismaClient, type Prisma } from '../generated/client.js'
import type { Connection } from './connection.js'

type Joined = { client: Prisma.TransactionClient; end(): Promise<void> }

export type SharedPrisma = {
  client: PrismaClient
  /** Lets the models take part in the transaction on this connection, which stays the caller's to end. */
  join(connection: Connection): Promise<Joined>
}

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>

/** The connection on which the transaction that Prisma is about to start is open already. */
const handedOn = new AsyncLocalStorage<Connection>()

export function openPrisma(pool: pg.Pool): SharedPrisma {
  const client = new PrismaClient({ adapter: new SharingAdapter(pool) })
  return { client, join: (connection) => handedOn.run(connection, () => joinTransaction(client)) }
}

// The edge that opened the transaction named its time-out; Prisma's own of 5 s would be a second one.
const longestTimer = 2 ** 31 - 1

function joinTransaction(client: PrismaClient): Promise<Joined> {
  return new Promise((resolve, reject) => {
    let wishEnd = () => {}
    const wished = new Promise<void>((wish) => {
      wishEnd = wish
    })
    const ended = client.$transaction(
      (transactionClient) => {
        resolve({
          client: transactionClient,
          end: () => {
            wishEnd()
            return ended
          },
        })
        return wished
      },
      { timeout: longestTimer, maxWait: longestTimer },
    )
    ended.catch(reject)
  })
}

/** Starts Prisma's transactions on the connection that was handed on, if one was. */
class SharingAdapter extends PrismaPg {
  override async connect(): Promise<Adapter> {
    const adapter = await super.connect()
    const startOwn = adapter.startTransaction.bind(adapter)
    adapter.startTransaction = async (isolation) => {
      const connection = handedOn.getStore()
      return connection ? takePart(adapter, connection) : startOwn(isolation)
    }
    return adapter
  }
}

/** The adapter's own reading and writing, on another connection; BEGIN and COMMIT are not its to say. */
function takePart(adapter: Adapter, connection: Connection): Transaction {
  const queryable = Object.create(adapter, { client: { value: connection } }) as Adapter
  const execute = async (sql: string) => void (await queryable.executeRaw({ sql, args: [], argTypes: [] }))
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    // Prisma then calls `commit` and `rollback` below and sends neither word itself.
    options: { usePhantomQuery: true },
    queryRaw: (query) => queryable.queryRaw(query),
    executeRaw: (query) => queryable.executeRaw(query),
    commit: async () => {},
    rollback: async () => {},
    createSavepoint: (name) => execute(`SAVEPOINT ${name}`),
    rollbackToSavepoint: (name) => execute(`ROLLBACK TO SAVEPOINT ${name}`),
    releaseSavepoint: (name) => execute(`RELEASE SAVEPOINT ${name}`),
  }
}
