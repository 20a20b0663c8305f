/** The SQL that would bring the database at that URL to what schema.prisma says. */
export function schemaDiff(url: string, fromEmpty?: boolean): Promise<string>
