import { describe, expect, it } from 'vitest'
import { type ColumnValue, columnValues, narrow } from '../../../src/db/queries/columns.js'
import { testDatabase } from '../../support/test-database.js'

const { db } = await testDatabase()

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const listed = Object.entries(columnValues).flatMap(([model, fields]) =>
  Object.entries<readonly string[]>(fields).map(([field, values]) => ({
    constraint: `${snake(model)}_${snake(field)}_known`,
    values: values.toSorted(),
  })),
)

describe('the unions of columns', () => {
  it('hold what the CHECK of each column lets in, for every such column', async () => {
    const checks = await db.sql<{ constraint: string; definition: string }>(
      `SELECT conname AS constraint, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE contype = 'c' AND conname LIKE '%\\_known'`,
    )
    const inPostgres = checks.map(({ constraint, definition }) => ({
      constraint,
      values: [...definition.matchAll(/'([^']*)'::text/g)].map(([, value = '']) => value).toSorted(),
    }))
    const byName = (a: { constraint: string }, b: { constraint: string }) =>
      a.constraint < b.constraint ? -1 : 1
    expect(inPostgres.toSorted(byName)).toEqual(listed.toSorted(byName))
  })
})

describe('narrow', () => {
  it('gives the row with its unions', async () => {
    const created = await db.models.subscriber.create({
      data: { email: 'a@b.example', emailKey: 'a@b.example', domain: 'b.example' },
    })
    const reader = narrow('subscriber', created)
    const status: ColumnValue<'subscriber', 'status'> = reader.status
    const frequency: 'daily' | 'weekdays' | 'weekly' = reader.frequency
    expect({ status, frequency }).toEqual({ status: 'pending', frequency: 'daily' })
  })

  it('takes a part of a row, and null', () => {
    expect(narrow('edition', { id: 1, status: null })).toEqual({ id: 1, status: null })
  })

  it('refuses a value that this version does not know', () => {
    expect(() => narrow('edition', { status: 'recalled' })).toThrow('edition.status holds "recalled"')
  })
})
