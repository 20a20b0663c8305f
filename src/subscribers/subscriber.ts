/** What a subscriber is: a status and how often they get mail. */
import { columnValues } from '../db/queries/columns.js'

export const statuses = columnValues.subscriber.status
export type Status = (typeof statuses)[number]

export const frequencies = columnValues.subscriber.frequency
export type Frequency = (typeof frequencies)[number]

export const details = columnValues.subscriber.detail
export type Detail = (typeof details)[number]
