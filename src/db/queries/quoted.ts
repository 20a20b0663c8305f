/** Words of our own as a list in SQL: `'frozen', 'sent'`. Never for what comes from outside. */
export const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ')
