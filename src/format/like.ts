/** Text that a pattern of LIKE is to find as it is. */
export const asItIs = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`)
