/** Whatever runs a statement: one connection, or any of a pool. */
import type pg from 'pg'

export type Connection = Pick<pg.ClientBase, 'query'>
