/** What Postgres makes of a statement before it runs: types of parameters and columns. */
import type pg from 'pg'
import type { Statement } from '../../src/db/queries/statement.js'

type Column = { name: string; type: string; mayBeNull: boolean | undefined }
export type Described = { parameters: string[]; columns: Column[] }

type Field = { name: string; dataTypeID: number; tableID: number; columnID: number }

/** The part of pg's connection that speaks the extended protocol. */
type Wire = {
  parse(query: { name: string; text: string; types: number[] }): void
  describe(what: { type: 'S'; name: string }): void
  sync(): void
  once(event: 'parameterDescription', heard: (message: { dataTypeIDs: number[] }) => void): void
}

/** @throws the error of Postgres, for a statement that it cannot prepare */
export async function describeStatement(client: pg.PoolClient, text: string): Promise<Described> {
  const { parameters, fields } = await prepare(client, text)
  const typeName = await typeNames(client, [...parameters, ...fields.map((field) => field.dataTypeID)])
  const columns = []
  for (const field of fields) {
    const mayBeNull = await mayBeNullInTable(client, field)
    columns.push({ name: field.name, type: typeName(field.dataTypeID), mayBeNull })
  }
  return { parameters: parameters.map(typeName), columns }
}

/** One line for each difference between what a statement says of itself and what Postgres says. */
export function differences(stated: Statement, described: Described): string[] {
  const parameters = stated.parameters.map(({ name }) => name)
  const columns = Object.entries(stated.columns)
  return [
    ...differ('parameters', parameters, described.parameters),
    ...differ(
      'columns',
      columns.map(([name, { name: type }]) => `${name} ${type}`),
      described.columns.map(({ name, type }) => `${name} ${type}`),
    ),
    ...described.columns.flatMap(({ name, mayBeNull }) => {
      const type = stated.columns[name]
      return mayBeNull && type && !type.nullable && !type.asserted ? [`${name} may be null in its table`] : []
    }),
  ]
}

const differ = (what: string, stated: string[], described: string[]): string[] =>
  stated.join() === described.join()
    ? []
    : [`${what}: stated ${stated.join(', ')}; are ${described.join(', ')}`]

function prepare(client: pg.PoolClient, text: string): Promise<{ parameters: number[]; fields: Field[] }> {
  return new Promise((resolve, reject) => {
    let parameters: number[] = []
    let fields: Field[] = []
    client.query({
      submit: (connection: unknown) => {
        const wire = connection as Wire
        wire.once('parameterDescription', (message) => (parameters = message.dataTypeIDs))
        wire.parse({ name: '', text, types: [] })
        wire.describe({ type: 'S', name: '' })
        wire.sync()
      },
      handleRowDescription: (message: { fields: Field[] }) => {
        fields = message.fields
      },
      handleReadyForQuery: () => resolve({ parameters, fields }),
      handleError: reject,
    } as pg.Submittable)
  })
}

async function typeNames(client: pg.PoolClient, oids: number[]): Promise<(oid: number) => string> {
  const { rows } = await client.query<{ oid: number; typname: string }>(
    'SELECT oid, typname FROM pg_type WHERE oid = ANY ($1::oid[])',
    [oids],
  )
  const names = new Map(rows.map(({ oid, typname }) => [oid, typname]))
  return (oid) => names.get(oid) ?? `type ${oid}`
}

/** Undefined for an expression, of which Postgres does not tell. */
async function mayBeNullInTable(
  client: pg.PoolClient,
  { tableID, columnID }: Field,
): Promise<boolean | undefined> {
  if (tableID === 0) return undefined
  const { rows } = await client.query<{ attnotnull: boolean }>(
    'SELECT attnotnull FROM pg_attribute WHERE attrelid = $1 AND attnum = $2',
    [tableID, columnID],
  )
  return rows[0] && !rows[0].attnotnull
}
